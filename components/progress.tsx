import { formatNumber } from "./format";

export type ProgressProps = {
  label: string;
  done: number;
  /** Null while it is not known how much there is. */
  total: number | null;
  /** What is counted: "events". */
  unit: string;
};

/** How far a job has come, as a bar and in words. */
export function Progress({ label, done, total, unit }: ProgressProps) {
  const share = total === null ? null : total === 0 ? 1 : Math.min(1, done / total);
  const text =
    total === null
      ? `${formatNumber(done)} ${unit}`
      : `${formatNumber(done)} of ${formatNumber(total)} ${unit} (${Math.floor((share ?? 0) * 100)} %)`;
  return (
    <div className="grid gap-1.5">
      <div className="flex flex-wrap justify-between gap-x-4 text-[0.8125rem]">
        <span className="font-medium">{label}</span>
        <span className="text-ink-muted tabular-nums">{text}</span>
      </div>
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={share === null ? undefined : Math.floor(share * 100)}
        aria-valuetext={text}
        className="h-2 overflow-hidden rounded-full border border-edge bg-sunken"
      >
        <div
          className={
            share === null
              ? "h-full w-1/3 rounded-full bg-accent motion-safe:animate-pulse"
              : "h-full origin-left bg-accent motion-safe:transition-transform"
          }
          style={share === null ? undefined : { transform: `scaleX(${share})` }}
        />
      </div>
    </div>
  );
}
