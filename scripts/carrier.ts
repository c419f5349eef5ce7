import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as after } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { between, Callbacks, type Range } from "./carrier/callbacks";
import { readCommandLine } from "./carrier/command-line";
import { kindByPath, perform, Refusal } from "./carrier/desk";
import { type FaultKind, Faults, faultOrder } from "./carrier/faults";
import { type Done, type Kind, kinds, Ledger, type Performed } from "./carrier/ledger";
import { type CarrierMode, Lookups } from "./carrier/lookups";

/*
 * A carrier: the outside world of the reference workflow, as its own process. It takes dispatches, their cancellation
 * and requests for proofs of delivery, keeps what it did under the Idempotency-Key in a file and calls back when a parcel
 * has arrived. It can be told to be slow, to fail and to go silent; and its mode says what it offers when an answer was
 * lost: the first answer to a repeated key, a lookup of the key beside work that is done again, or neither.
 */

export type CarrierOptions = {
  /** A free one when 0 or absent. */
  port?: number;
  /** The file it remembers in; two carriers must not share one. */
  store: string;
  /** `honours-key` when absent. The key comes in the same header in every mode, so that work is counted by it. */
  mode?: CarrierMode;
  /** Where callbacks go. Without it they wait in the store for a start that has one. */
  callback?: { url: string; webhookSecret: string };
  latency_ms?: Range;
  failureRate?: number;
  callbackDelay_ms?: Range;
  /** `before`: the callback is sent before the request for the proof is answered, without its delay. */
  callbackOrder?: "before" | "after";
  callbackRepeat?: number;
  callbackBackoff_ms?: Range;
};

/** Since this start: `requests` that came, and those answered from memory (`repeated`). */
export type CarrierCounts = Record<Kind, Performed & { requests: number; repeated: number }>;

export type Carrier = {
  url: string;
  counts(): CarrierCounts;
  /** How often the work of this key was done, ever. */
  performed(key: string): number;
  stop(): Promise<void>;
};

type Answer = { status: number; body: object; headers?: Record<string, string> };

const body_bytes_max = 64 * 1024;

/** Starts a carrier on 127.0.0.1. Rejects when the port is taken or the store is not one. */
export async function startCarrier(options: CarrierOptions): Promise<Carrier> {
  const latency_ms = options.latency_ms ?? [0, 0];
  const mode = options.mode ?? "honours-key";
  const faults = new Faults(options.failureRate ?? 0);
  const asked = new Map(kinds.map((kind) => [kind, { requests: 0, repeated: 0 }]));
  const ledger = await Ledger.open(options.store);
  const lookups = new Lookups(ledger);
  const callbacks =
    options.callback &&
    new Callbacks(ledger, {
      ...options.callback,
      delay_ms: options.callbackDelay_ms ?? [0, 0],
      repeat: options.callbackRepeat ?? 1,
      backoff_ms: options.callbackBackoff_ms ?? [250, 15_000],
    });

  function counts(): CarrierCounts {
    const entries = kinds.map((kind) => [kind, { ...asked.get(kind)!, ...ledger.performedOf(kind) }]);
    return Object.fromEntries(entries);
  }

  async function work(kind: Kind, path: string, request: IncomingMessage): Promise<Answer | undefined> {
    asked.get(kind)!.requests += 1;
    const key = request.headers["idempotency-key"];
    const bytes = await readBody(request);
    if (typeof key !== "string" || !/^[\x21-\x7e]{1,255}$/.test(key))
      return problem(400, "An Idempotency-Key of 1 to 255 printable characters is needed");
    return lookups.during(key, () => workOn(kind, path, key, bytes));
  }

  async function workOn(kind: Kind, path: string, key: string, bytes: Buffer): Promise<Answer | undefined> {
    const seen = asked.get(kind)!;
    const fault = faults.take(path);
    const refused = refusalBy(fault);
    if (refused) return refused;
    if (latency_ms[1] > 0) await after(between(latency_ms));

    // From here to the ledger nothing waits, so that of two requests with one key the second finds the first.
    const bodyHash = createHash("sha256").update(bytes).digest("hex");
    const known = mode === "honours-key" ? ledger.done(key)[0] : undefined;
    if (known && (known.kind !== kind || known.bodyHash !== bodyHash))
      return problem(422, "This Idempotency-Key came before with another content", keyReusedProblem);
    let answer: Answer;
    if (known) {
      seen.repeated += 1;
      await ledger.written();
      answer = known.answer;
    } else {
      const refusal = fault === "refuseProof" ? "The recipient did not accept the parcel" : undefined;
      const done = perform(ledger, { kind, key, bodyHash, body: parseJson(bytes), refusal });
      await ledger.write(done);
      await tell(done);
      answer = done.answer;
    }
    if (fault === "hang") return undefined;
    return fault === "failAfterWork" ? problem(500, "Something broke after the work was done") : answer;
  }

  async function tell(done: Done): Promise<void> {
    if (done.kind !== "proofOfDelivery") return;
    if (options.callbackOrder === "before") await callbacks?.deliverNow(done);
    else callbacks?.schedule(done);
  }

  async function lookUp(kind: Kind, reference: string): Promise<Answer | undefined> {
    const fault = faults.take("/lookups");
    const refused = refusalBy(fault);
    if (refused) return refused;
    if (fault === "hang") return undefined;
    if (fault === "failAfterWork") return problem(500, "Something broke");
    return { status: 200, body: lookups.find(kind, reference) };
  }

  async function answerTo(request: IncomingMessage): Promise<Answer | undefined> {
    const { pathname: path, searchParams } = new URL(request.url ?? "/", "http://carrier");
    const kind = kindByPath.get(path);
    if (request.method === "POST" && kind) return work(kind, path, request);
    const reference = searchParams.get("reference");
    if (request.method === "GET" && mode === "probe" && kind && reference) return lookUp(kind, reference);
    if (request.method === "POST" && path === "/faults") {
      const order = faultOrder.safeParse(parseJson(await readBody(request)));
      if (!order.success) return problem(422, order.error.issues.map(({ message }) => message).join("; "));
      faults.order(order.data);
      return { status: 201, body: order.data };
    }
    if (request.method === "GET" && path === "/counts") return { status: 200, body: counts() };
    if (request.method === "GET" && path.startsWith("/dispatches/"))
      return probe(ledger, path.slice("/dispatches/".length));
    return problem(404, `There is no ${request.method} ${path}`);
  }

  const server = createServer(async (request, response) => {
    try {
      const answer = await answerTo(request);
      if (answer) send(response, answer);
    } catch (error) {
      if (error instanceof Refusal) send(response, problem(error.status, error.message));
      else send(response, problem(500, error instanceof Error ? error.message : "Unexpected"));
    }
  });
  // Node's 5 seconds would often cut an idle connection just when the next request is put on it.
  server.keepAliveTimeout = 120_000;
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(options.port ?? 0, "127.0.0.1", resolve);
    });
  } catch (error) {
    await ledger.close();
    throw error;
  }
  for (const proof of ledger.unacknowledged()) callbacks?.schedule(proof);

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    performed: (key) => ledger.done(key).length,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await callbacks?.stop();
      await ledger.close();
    },
  };
}

const keyReusedProblem = "urn:carrier:problem:idempotency-key-reused";

/** What a fault makes of a request before any work. */
function refusalBy(fault: FaultKind | undefined): Answer | undefined {
  if (fault === "unavailable") return problem(503, "The carrier is unavailable");
  if (fault === "tooMany") return { ...problem(429, "Too many requests"), headers: { "retry-after": "1" } };
  if (fault === "rejected") return problem(422, "The carrier does not take this");
  return undefined;
}

function problem(status: number, detail: string, type = "about:blank"): Answer {
  return { status, body: { type, status, detail } };
}

function probe(ledger: Ledger, encoded: string): Answer {
  let reference: string;
  try {
    reference = decodeURIComponent(encoded);
  } catch {
    return problem(400, "The path is not well encoded");
  }
  const dispatches = ledger.shipmentsOf(reference).map(({ dispatch, cancelled, delivered }) => ({
    effectKey: dispatch.key,
    order: dispatch.order,
    businessKey: dispatch.businessKey,
    trackingNumber: dispatch.trackingNumber,
    cancelled,
    delivered,
  }));
  if (dispatches.length === 0) return problem(404, `This carrier has no dispatch for ${reference}`);
  return { status: 200, body: { dispatches } };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size_bytes = 0;
  for await (const chunk of request) {
    size_bytes += chunk.length;
    // Read on without keeping it: leaving the loop would cut the connection before the refusal is heard.
    if (size_bytes <= body_bytes_max) chunks.push(chunk);
  }
  if (size_bytes > body_bytes_max) throw new Refusal(413, `A body is at most ${body_bytes_max} bytes`);
  return Buffer.concat(chunks);
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    throw new Refusal(400, "The body is not JSON");
  }
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  const text = JSON.stringify(body);
  const type = status < 400 ? "application/json" : "application/problem+json";
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(text), ...headers });
  response.end(text);
}

async function main(): Promise<void> {
  const carrier = await startCarrier(readCommandLine(process.argv.slice(2)));
  console.log(`carrier listening on ${carrier.url}`);
  const stop = () => carrier.stop().then(() => process.exit(0));
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  });
}
