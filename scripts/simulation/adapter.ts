import type { Doubt, EffectAdapter } from "#lib/effects/adapter";
import type { Carrier } from "./carrier";
import type { Life } from "./gate";

/** What an adapter promises of a carrier: that it honours keys for so long, that it can be asked, or nothing. */
export type CarrierPromise = (
  | { kind: "honoursKey"; keyRetention_ms: number }
  | { kind: "probe" }
  | { kind: "neither" }
) & { answersWithin_ms?: number };

/** Within this the carrier shows whatever it has done. */
const lag_ms = 1_000;

/** The simulated carrier as one process reaches it: a dead process calls nobody and hears no answer. */
export function simulatedAdapters(carrier: Carrier, life: Life, promise: CarrierPromise): EffectAdapter[] {
  const whileAlive = <Answer>(call: () => Promise<Answer>) =>
    new Promise<Answer>((resolve, reject) => {
      if (!life.alive) return;
      call().then(
        (answer) => life.alive && resolve(answer),
        (error) => life.alive && reject(error),
      );
    });
  const probe = (_input: unknown, key: string) => whileAlive(async () => carrier.probe(key));
  const doubt: Doubt = promise.kind === "probe" ? { kind: "probe", lag_ms, probe } : promise;
  return ["carrier.dispatch", "carrier.cancelDispatch", "carrier.proofOfDelivery"].map((name) => ({
    name,
    timeout_ms: 10_000,
    doubt,
    answersWithin_ms: promise.answersWithin_ms,
    concurrency_max: 4,
    perform: (input, key) => whileAlive(() => carrier.perform(name, input, key)),
  }));
}
