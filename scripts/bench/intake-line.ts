import { type BenchConsole, withConsole } from "./console";
import { median, type Spread, seconds, spread } from "./figures";
import { type Intake, intakeOver } from "./intake";
import { type ProcessorTime, perThousand, processorTime } from "./processor-time";
import { each, largeOrder } from "./workload";

/** The ways orders come in: how many requests are in flight, with how many orders each. */
const ways = {
  single: { inFlight: 64, ordersPerRequest: 1 },
  batch: { inFlight: 8, ordersPerRequest: 25 },
};

type IntakeRun = {
  acceptedOrdersPerSecond: number;
  requestMs: Spread;
  processorSecondsPer1000Orders: ProcessorTime;
};

/**
 * Orders that wait for review come in over HTTP at a built console, as `npm start` runs it, through `POST /api/orders` and
 * through `POST /api/orders/batch`; nothing else is asked of it. The client is this process, on the same machine. Figures
 * are medians over the runs that count, of each way by itself.
 */
export function intakeLine(options: {
  orders: number;
  runs: number;
  /** Runs before those that count. */
  warmUps: number;
  hear(run: string, figures: IntakeRun): void;
}): Promise<{ [Way in keyof typeof ways]: IntakeRun }> {
  return withConsole({ carrier: false, connections: ways.single.inFlight }, async (bench) => {
    await bench.addPerson("requester", "requester");
    const intake = intakeOver(bench.pool, await bench.apiKey("requester"));
    const measured = async (way: keyof typeof ways) => {
      const runs: IntakeRun[] = [];
      for (let run = 0; run < options.warmUps + options.runs; run++) {
        const figures = await send(bench, intake, `${way}-${run}`, ways[way], options.orders);
        const counts = run >= options.warmUps;
        if (counts) runs.push(figures);
        options.hear(counts ? `${way}, run ${run - options.warmUps + 1}` : `${way}, warming up`, figures);
      }
      return middleOf(runs);
    };
    return { single: await measured("single"), batch: await measured("batch") };
  });
}

async function send(
  bench: BenchConsole,
  intake: Intake,
  label: string,
  { inFlight, ordersPerRequest }: { inFlight: number; ordersPerRequest: number },
  count: number,
): Promise<IntakeRun> {
  const orders = Array.from({ length: count }, (_, n) => largeOrder(`${label}-${n}`, n));
  const requests = Array.from({ length: Math.ceil(count / ordersPerRequest) }, (_, n) =>
    orders.slice(n * ordersPerRequest, (n + 1) * ordersPerRequest),
  );
  const taken_ms: number[] = [];
  const before = processorTime();
  const consoleBefore = await consoleTime(bench);
  const taken_s = await seconds(() =>
    each(inFlight, requests, async (request) => {
      const answered = ordersPerRequest === 1 ? intake.one(request[0]!) : intake.many(request);
      taken_ms.push((await answered).taken_ms);
    }),
  );
  const consoleAfter = await consoleTime(bench);
  return {
    acceptedOrdersPerSecond: Math.round(count / taken_s),
    requestMs: spread(taken_ms),
    processorSecondsPer1000Orders: {
      ...perThousand(before, processorTime(), count),
      ...perThousand(consoleBefore, consoleAfter, count),
    },
  };
}

/** By the console's own account, which there is on every system. */
async function consoleTime(bench: BenchConsole): Promise<ProcessorTime> {
  return { console: (await bench.metrics()).get("process_cpu_seconds_total") ?? Number.NaN };
}

function middleOf(runs: readonly IntakeRun[]): IntakeRun {
  const middle = (of: (run: IntakeRun) => number) => median(runs.map(of));
  const [first] = runs;
  return {
    acceptedOrdersPerSecond: middle((run) => run.acceptedOrdersPerSecond),
    requestMs: {
      p50: middle(({ requestMs }) => requestMs.p50),
      p95: middle(({ requestMs }) => requestMs.p95),
      p99: middle(({ requestMs }) => requestMs.p99),
    },
    processorSecondsPer1000Orders: Object.fromEntries(
      Object.keys(first?.processorSecondsPer1000Orders ?? {}).map((part) => [
        part,
        middle((run) => run.processorSecondsPer1000Orders[part] ?? 0),
      ]),
    ),
  };
}
