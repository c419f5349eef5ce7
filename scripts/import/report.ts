import type { WriteStream } from "node:tty";
import type { Counts } from "./run";

/**
 * What an import says while it works and at the end. On a terminal one line is drawn over and over; elsewhere a plain line
 * comes every few seconds.
 */
const redraw_ms = 100;
const plain_ms = 3_000;
const bar_width = 24;

const number = new Intl.NumberFormat("en-GB");
const whole = (value: number) => number.format(Math.round(value));

export class Progress {
  readonly #begun = performance.now();
  #last = performance.now();
  #waiting: string | null = null;
  #drawn = false;

  constructor(
    readonly rows: number,
    readonly output: Pick<WriteStream, "isTTY" | "write">,
  ) {}

  get elapsed_s(): number {
    return (performance.now() - this.#begun) / 1000;
  }

  update(counts: Counts): void {
    this.#waiting = null;
    this.#say(counts);
  }

  /** Says why nothing moves. */
  wait(why: string, counts: Counts): void {
    this.#waiting = why;
    this.#say(counts);
  }

  done(): void {
    if (this.#drawn) this.output.write("\r\u001B[2K");
  }

  #say(counts: Counts): void {
    const now = performance.now();
    if (now - this.#last < (this.output.isTTY ? redraw_ms : plain_ms)) return;
    this.#last = now;
    const share = this.rows === 0 ? 1 : counts.rows / this.rows;
    const filled = Math.round(share * bar_width);
    const bar = `${"█".repeat(filled)}${"░".repeat(bar_width - filled)} `;
    const refused = counts.refused > 0 ? `, ${whole(counts.refused)} refused` : "";
    const text =
      `${Math.floor(share * 100)} %  ${whole(counts.rows)} of ${whole(this.rows)} rows, ` +
      `${whole(counts.rows / this.elapsed_s)} rows/s${refused}${this.#waiting ? `  (${this.#waiting})` : ""}`;
    this.output.write(this.output.isTTY ? `\r\u001B[2K${bar}${text}` : `${text}\n`);
    this.#drawn ||= this.output.isTTY === true;
  }
}

/** The result as lines: what came in, what became of it, and why the rest did not. */
export function summaryOf(
  path: string,
  rows: number,
  counts: Counts,
  elapsed_s: number,
  refusalsPath: string,
): string {
  const lines: [string, number][] = [
    ["received", counts.received],
    ["  passed by policy", counts.passed],
    ["  to review", counts.toReview],
    ...[...counts.byRule]
      .sort(([, a], [, b]) => b - a)
      .map(([rule, n]): [string, number] => [`    ${rule}`, n]),
    ["already received", counts.repeated],
    ["refused", counts.refused],
    ...[...counts.byReason]
      .sort(([, a], [, b]) => b - a)
      .map(([why, n]): [string, number] => [`  ${why}`, n]),
  ];
  const width = Math.max(...lines.map(([label]) => label.length));
  const stopped = counts.rows < rows ? ` (stopped after ${whole(counts.rows)})` : "";
  return [
    `${path}: ${whole(rows)} rows${stopped}, ${elapsed_s.toFixed(1)} s, ${whole(counts.rows / elapsed_s)} rows/s`,
    ...lines.map(([label, n]) => `  ${label.padEnd(width)}  ${whole(n).padStart(9)}`),
    ...(counts.toReview > 0 ? ["  An order may go to review by more than one rule."] : []),
    ...(counts.refused > 0
      ? [
          `The refused rows are in ${refusalsPath}: correct them there, and import that file with the same mapping.`,
        ]
      : []),
  ].join("\n");
}
