import { parse } from "node:path";
import { parseArgs } from "node:util";
import { sourceSchema } from "#lib/domain/commands";

const usage = `usage: npm run import -- --live | --past <file.csv> --map <mapping.json> --source <name> --requested-by <person>
  [--workflow order-fulfilment@1] [--refusals <file.csv>] [--concurrency 256]

  --live          the orders are received now: their time runs from now, and what follows happens
  --past          the orders happened on their own dates: they are checked and counted, and nothing follows
  --map           how the columns become orders; two examples are in e2e/data
  --source        where the orders come from; with it and their number they are the same orders the next time
  --requested-by  the person in whose name they are handed in
  --refusals      where the refused rows go, to be corrected and imported again`;

export type CommandLine = {
  mode: "live" | "past";
  file: string;
  map: string;
  source: string;
  requestedBy: string;
  workflow: string;
  refusals: string;
  concurrency: number;
};

/** Throws with what is wrong and the usage. */
export function readCommandLine(args: string[]): CommandLine {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const wrong = (what: string): never => {
    throw new Error(`${what}\n\n${usage}`);
  };
  const parsed = (() => {
    try {
      return parseArgs({
        args,
        allowPositionals: true,
        options: {
          live: flag,
          past: flag,
          map: text,
          source: text,
          "requested-by": text,
          workflow: text,
          refusals: text,
          concurrency: text,
        },
      });
    } catch (error) {
      return wrong((error as Error).message);
    }
  })();
  const { values, positionals } = parsed;
  const required = (name: "map" | "source" | "requested-by"): string =>
    values[name] || wrong(`--${name} is missing.`);
  if (Boolean(values.live) === Boolean(values.past)) wrong("Say one of --live and --past.");
  const [file, ...more] = positionals;
  if (!file) return wrong("The file to import is missing.");
  if (more.length > 0) wrong(`One file at a time: ${more.join(", ")} is too much.`);
  const source = required("source");
  const name = sourceSchema.safeParse(source);
  if (!name.success) wrong(`--source ${source}: ${name.error.issues[0]?.message}.`);
  const concurrency = Number(values.concurrency ?? 256);
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 10_000)
    wrong("--concurrency is a whole number from 1 to 10000.");
  return {
    mode: values.live ? "live" : "past",
    file,
    map: required("map"),
    source,
    requestedBy: required("requested-by"),
    workflow: values.workflow ?? "order-fulfilment@1",
    refusals: values.refusals ?? besides(file),
    concurrency,
  };
}

function besides(file: string): string {
  const { dir, name } = parse(file);
  return `${dir ? `${dir}/` : ""}${name}.refusals.csv`;
}
