/** What a verification found, by check; only the first ones are kept, all are counted. */
export type Finding = {
  pos?: number;
  stream?: string;
  version?: number;
  /** A plain sentence that says what is wrong. */
  what: string;
  /** The member of the body, or the table and column, it is about. */
  member?: string;
};

export const checks = {
  body: "Every body is canonical JSON with known members only.",
  leaf: "Every leaf is the hash of its body's bytes.",
  chain: "Every event names the leaf of the version before it in its stream.",
  versions: "The versions of every stream count from 1 without a gap.",
  positions: "The positions of the log count from 0 without a gap, as many as its head says.",
  columns: "The columns beside every body say what the body says.",
  time: "Within a stream, recorded times never go back.",
  intents: "Every intended effect has the key and the hash of the input it was intended with.",
  heads: "The head of every stream is its last event.",
  commands: "Every accepted command is known with the events it gave.",
  fold: "Every stream can be folded by this version of Holdpoint.",
  projections: "Orders, tasks, timers, effects, people and API keys are what folding the log gives.",
  clocks: "Every running SLA clock has one live timer at its deadline.",
} as const;

export type CheckName = keyof typeof checks;

export type Check = { name: CheckName; what: string; examined: number; findings: number };

export class Findings {
  readonly kept: Finding[] = [];
  total = 0;
  readonly #examined = new Map<CheckName, number>();
  readonly #found = new Map<CheckName, number>();

  constructor(readonly kept_max: number) {}

  examined(check: CheckName, count = 1): void {
    this.#examined.set(check, (this.#examined.get(check) ?? 0) + count);
  }

  found(check: CheckName, finding: Finding): void {
    this.total++;
    this.#found.set(check, (this.#found.get(check) ?? 0) + 1);
    if (this.kept.length < this.kept_max) this.kept.push(finding);
  }

  get checks(): Check[] {
    return (Object.keys(checks) as CheckName[]).map((name) => ({
      name,
      what: checks[name],
      examined: this.#examined.get(name) ?? 0,
      findings: this.#found.get(name) ?? 0,
    }));
  }
}
