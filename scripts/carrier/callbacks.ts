import { createHash } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { tellOf } from "./desk";
import type { Done, Ledger } from "./ledger";

const concurrency_max = 32;
const timeout_ms = 10_000;

export type Range = readonly [least: number, most: number];

export type CallbackOptions = {
  url: string;
  webhookSecret: string;
  delay_ms: Range;
  /** How often each callback is sent in all, once it is acknowledged. */
  repeat: number;
  /** The wait before the second attempt, which doubles up to the most. */
  backoff_ms: Range;
};

/**
 * Tells the client what became of its proofs of delivery, until a 2xx acknowledges it, with doubling back-off and at
 * most 32 at a time. Every delivery of one message has the same webhook-id and body, and a signature of its own time.
 */
export class Callbacks {
  private readonly webhook: Webhook;
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly calls = new Set<AbortController>();
  private readonly deliveries = new Set<Promise<void>>();
  private readonly waiting: { proof: Done; attempt: number }[] = [];
  private stopped = false;

  constructor(
    private readonly ledger: Ledger,
    private readonly options: CallbackOptions,
  ) {
    this.webhook = new Webhook(options.webhookSecret);
  }

  /** Sends the callback after the usual delay. */
  schedule(proof: Done): void {
    this.later(between(this.options.delay_ms), proof, 1);
  }

  /** Sends the callback at once and resolves after the first attempt, whatever came of it. */
  deliverNow(proof: Done): Promise<void> {
    return this.track(this.deliver(proof, 1));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers) clearTimeout(timer);
    for (const call of this.calls) call.abort();
    await Promise.all(this.deliveries);
  }

  private later(wait_ms: number, proof: Done, attempt: number): void {
    if (this.stopped) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.waiting.push({ proof, attempt });
      this.startWaiting();
    }, wait_ms);
    this.timers.add(timer);
  }

  private startWaiting(): void {
    while (!this.stopped && this.deliveries.size < concurrency_max) {
      const next = this.waiting.shift();
      if (!next) return;
      this.track(this.deliver(next.proof, next.attempt));
    }
  }

  private track(delivery: Promise<void>): Promise<void> {
    const tracked = delivery.finally(() => {
      this.deliveries.delete(tracked);
      this.startWaiting();
    });
    this.deliveries.add(tracked);
    return tracked;
  }

  private async deliver(proof: Done, attempt: number): Promise<void> {
    if (!this.ledger.message(proof.key))
      await this.ledger.write({ record: "settled", key: proof.key, message: tellOf(this.ledger, proof) });
    if (!(await this.send(proof.key))) {
      const [least, most] = this.options.backoff_ms;
      this.later(Math.min(least * 2 ** (attempt - 1), most) * (0.5 + Math.random() / 2), proof, attempt + 1);
      return;
    }
    await this.ledger.write({ record: "acknowledged", key: proof.key, at: new Date().toISOString() });
    for (let sent = 1; sent < this.options.repeat && !this.stopped; sent += 1) await this.send(proof.key);
  }

  private async send(key: string): Promise<boolean> {
    const call = new AbortController();
    const timer = setTimeout(() => call.abort(), timeout_ms);
    this.calls.add(call);
    try {
      const id = `msg_${createHash("sha256").update(key).digest("hex").slice(0, 32)}`;
      const body = JSON.stringify(this.ledger.message(key));
      const now = new Date();
      const response = await fetch(this.options.url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "webhook-id": id,
          "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
          "webhook-signature": this.webhook.sign(id, now, body),
        },
        body,
        redirect: "manual",
        signal: call.signal,
      });
      // Read to its end, or the connection is not used again.
      await response.arrayBuffer();
      return response.ok;
    } catch {
      return false;
    } finally {
      clearTimeout(timer);
      this.calls.delete(call);
    }
  }
}

/** A number of milliseconds in the range, both ends included. */
export function between([least, most]: Range): number {
  return least + Math.random() * (most - least);
}
