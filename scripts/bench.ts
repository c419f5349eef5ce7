/**
 * `npm run bench [-- --line engine|carrier|intake] [--json] [--orders 3000] [--runs 5] [--idle 200]`: orders a second on a throwaway
 * cluster with fsync on.
 *
 * `engine` and `carrier` put workload W (scripts/bench/workload.ts) through the engine alone, and through the engine with the
 * shipped carrier over HTTP; `intake` has orders come in over HTTP at a built console (scripts/bench/intake-line.ts). Two runs warm connections, plans and code and are left out, as a console is started once and
 * runs for weeks; each figure is the median over the runs that follow. Processor time says what bounds a line: the machine
 * is shared by all parts, this one too.
 */
import { parseArgs } from "node:util";
import { carrierLine } from "./bench/carrier-line";
import { engineLine } from "./bench/engine-line";
import { median, type Spread } from "./bench/figures";
import { intakeLine } from "./bench/intake-line";
import { type ProcessorTime, perThousand, processorTime } from "./bench/processor-time";
import type { Line, Run } from "./bench/workload";

const warmUps = 2;
const workloadLines: Record<string, Line> = { engine: engineLine, carrier: carrierLine };

const { values } = parseArgs({
  options: {
    line: { type: "string", default: "engine" },
    json: { type: "boolean", default: false },
    orders: { type: "string", default: "3000" },
    runs: { type: "string", default: "5" },
    idle: { type: "string", default: "200" },
  },
});

const [orders, runs] = [Number(values.orders), Number(values.runs)];
const line = workloadLines[values.line];
if (line) await workload(line);
else if (values.line === "intake") print(await intakeLine({ orders, runs, warmUps, hear: tellRun }));
else throw new Error(`There is no line ${values.line}: engine, carrier or intake.`);
// Pools and keep-alive connections have nothing more to say.
process.exit();

async function workload(measured: Line): Promise<void> {
  const counted: (Run & { processorTime: ProcessorTime })[] = [];
  let idle: Spread | undefined;
  await measured(async (stage) => {
    for (let run = 0; run < warmUps + runs; run++) {
      const before = processorTime();
      const figures = await stage.run(`run-${run}`, orders);
      tellRun(run < warmUps ? "warming up" : `run ${run - warmUps + 1}`, figures);
      if (run >= warmUps)
        counted.push({ ...figures, processorTime: perThousand(before, processorTime(), orders) });
    }
    idle = await stage.idle(Number(values.idle));
  });
  const middle = (name: keyof Run) => median(counted.map((run) => run[name]));
  const parts = Object.keys(counted[0]?.processorTime ?? {});
  print({
    parkedOrdersPerSecond: Math.round(middle("parkedOrdersPerSecond")),
    completedOrdersPerSecond: Math.round(middle("completedOrdersPerSecond")),
    overallOrdersPerSecond: Math.round(middle("overallOrdersPerSecond")),
    idleSignalToCompletedMs: idle,
    eventsPerOrder: middle("eventsPerOrder"),
    transactionsPerOrder: Number(middle("transactionsPerOrder").toFixed(3)),
    peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
    processorSecondsPer1000Orders: Object.fromEntries(
      parts.map((part) => [part, median(counted.map((run) => run.processorTime[part] ?? 0))]),
    ),
  });
}

function tellRun(name: string, figures: object): void {
  if (!values.json) console.log(name, figures);
}

function print(result: object): void {
  console.log(values.json ? JSON.stringify(result) : result);
}
