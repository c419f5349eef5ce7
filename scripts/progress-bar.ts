/** A bar on standard error that says how far a long job is: redrawn on a terminal, a line every tenth elsewhere. */
export type ProgressBar = {
  (done: number, total: number): void;
  /** Ends the line, so that what is printed next stands below. */
  end(): void;
};

const width = 30;

/** `what` names the job, `unit` what is counted. */
export function progressBar(
  what: string,
  unit: string,
  out: NodeJS.WriteStream = process.stderr,
): ProgressBar {
  let drawn = -1;
  const draw = (done: number, total: number) => {
    const part = total > 0 ? Math.min(1, done / total) : 1;
    const step = Math.floor(part * (out.isTTY ? 1_000 : 10));
    if (step === drawn) return;
    drawn = step;
    const filled = Math.round(part * width);
    const bar = `${"█".repeat(filled)}${"░".repeat(width - filled)}`;
    const line = `${what} ${bar} ${String(Math.floor(part * 100)).padStart(3)} %  ${count(done)} of ${count(total)} ${unit}`;
    out.write(out.isTTY ? `\r${line}` : `${line}\n`);
  };
  return Object.assign(draw, {
    end() {
      if (out.isTTY && drawn >= 0) out.write("\n");
    },
  });
}

function count(number: number): string {
  return number.toLocaleString("en-GB");
}
