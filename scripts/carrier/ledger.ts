import { type FileHandle, open, readFile, truncate } from "node:fs/promises";

/*
 * What the carrier has done, in memory and in a file of one JSON record a line.
 *
 * The file is the carrier's memory over a kill: a record is folded at once and answered for after it was written, and
 * everything that arrives during one write goes into the next. A half line at the end is a write that a kill cut short;
 * nobody was answered for it, so it is cut off at the next start. A bad line anywhere else stops the start.
 */

export const kinds = ["dispatch", "cancelDispatch", "proofOfDelivery"] as const;
export type Kind = (typeof kinds)[number];

/** One piece of work done, under the key it was asked with. */
export type Done = {
  record: "done";
  key: string;
  kind: Kind;
  bodyHash: string;
  answer: { status: number; body: { [member: string]: string } };
  order: string;
  trackingNumber: string;
  businessKey?: string;
  /** Who will have signed for the parcel. */
  consignee?: string;
  /** Set when the proof will be refused. */
  refusal?: string;
  at: string;
};

/** The content of the callback for `key`, fixed before it is first sent: a repeat must not say something else. */
export type Settled = { record: "settled"; key: string; message: CallbackMessage };
/** The callback for `key` was answered with a 2xx. */
export type Acknowledged = { record: "acknowledged"; key: string; at: string };

export type CallbackMessage = {
  type: "proofOfDelivery.captured" | "proofOfDelivery.refused";
  timestamp: string;
  data: { effectKey: string; reference: string; [member: string]: string };
};

export type LedgerRecord = Done | Settled | Acknowledged;

export type Shipment = {
  dispatch: Done;
  cancelled: boolean;
  delivered: boolean;
};

export type Performed = {
  performed: number;
  keys: number;
  orders: number;
  /** How often, for each key whose work was done more than once: where this is empty there was no second effect. */
  duplicates: { [key: string]: number };
  callbacksDelivered: number;
};

export class Ledger {
  private readonly doneByKey = new Map<string, Done[]>();
  private readonly shipments = new Map<string, Shipment>();
  private readonly trackingNumbersByReference = new Map<string, Set<string>>();
  private readonly messages = new Map<string, CallbackMessage>();
  private readonly acknowledged = new Set<string>();
  private readonly performed = new Map<
    Kind,
    { works: number; keys: Map<string, number>; orders: Set<string> }
  >(kinds.map((kind) => [kind, { works: 0, keys: new Map(), orders: new Set() }]));

  private lines: string[] = [];
  private flushing: Promise<void> | undefined;

  private constructor(private readonly file: FileHandle) {}

  /** Opens or makes the file at `path`. Throws when a whole line in it is no record. */
  static async open(path: string): Promise<Ledger> {
    const file = await open(path, "a", 0o600);
    const ledger = new Ledger(file);
    try {
      await ledger.recall(path);
    } catch (error) {
      await file.close();
      throw error;
    }
    return ledger;
  }

  /** Folds the record at once; resolves when it is in the file. */
  write(record: LedgerRecord): Promise<void> {
    this.fold(record);
    this.lines.push(`${JSON.stringify(record)}\n`);
    return this.written();
  }

  /** Resolves when all that was folded so far is in the file. */
  async written(): Promise<void> {
    while (this.lines.length > 0 || this.flushing) {
      this.flushing ??= this.flush();
      await this.flushing;
    }
  }

  async close(): Promise<void> {
    await this.written();
    await this.file.close();
  }

  /** What was done under the key, the oldest first: more than one is work done again. */
  done(key: string): readonly Done[] {
    return this.doneByKey.get(key) ?? [];
  }

  shipment(trackingNumber: string): Shipment | undefined {
    return this.shipments.get(trackingNumber);
  }

  /** All shipments of an order id or a business key: more than one is a second effect. */
  shipmentsOf(reference: string): Shipment[] {
    const trackingNumbers = this.trackingNumbersByReference.get(reference) ?? [];
    return Array.from(trackingNumbers, (trackingNumber) => this.shipments.get(trackingNumber)!);
  }

  message(key: string): CallbackMessage | undefined {
    return this.messages.get(key);
  }

  /** Proofs whose callback nobody has acknowledged. */
  unacknowledged(): Done[] {
    return Array.from(this.doneByKey.values(), ([first]) => first!).filter(
      (done) => done.kind === "proofOfDelivery" && !this.acknowledged.has(done.key),
    );
  }

  /** Ever: works done, distinct keys and orders they were for, keys done more than once, callbacks acknowledged. */
  performedOf(kind: Kind): Performed {
    const { works, keys, orders } = this.performed.get(kind)!;
    const again = Array.from(keys).filter(([, times]) => times > 1);
    return {
      performed: works,
      keys: keys.size,
      orders: orders.size,
      duplicates: Object.fromEntries(again),
      callbacksDelivered: kind === "proofOfDelivery" ? this.acknowledged.size : 0,
    };
  }

  private async recall(path: string): Promise<void> {
    const bytes = await readFile(path);
    const whole_bytes = bytes.lastIndexOf(0x0a) + 1;
    if (whole_bytes < bytes.length) await truncate(path, whole_bytes);
    const lines = bytes.subarray(0, whole_bytes).toString("utf8").split("\n").slice(0, -1);
    for (const [index, line] of lines.entries()) {
      try {
        this.fold(JSON.parse(line));
      } catch (error) {
        throw new Error(`${path} line ${index + 1} is not a record of this carrier`, { cause: error });
      }
    }
  }

  private fold(record: LedgerRecord): void {
    switch (record.record) {
      case "done":
        this.doneByKey.set(record.key, [...this.done(record.key), record]);
        this.foldDone(record);
        return;
      case "settled":
        this.messages.set(record.key, record.message);
        if (record.message.type === "proofOfDelivery.captured")
          this.shipments.get(this.done(record.key)[0]!.trackingNumber)!.delivered = true;
        return;
      case "acknowledged":
        this.acknowledged.add(record.key);
        return;
    }
    throw new Error(`Unknown record ${JSON.stringify(record satisfies never)}`);
  }

  private foldDone(done: Done): void {
    const performed = this.performed.get(done.kind)!;
    performed.works += 1;
    performed.keys.set(done.key, (performed.keys.get(done.key) ?? 0) + 1);
    performed.orders.add(done.order);
    switch (done.kind) {
      case "dispatch":
        this.shipments.set(done.trackingNumber, { dispatch: done, cancelled: false, delivered: false });
        for (const reference of [done.order, done.businessKey!]) {
          const known = this.trackingNumbersByReference.get(reference) ?? new Set();
          this.trackingNumbersByReference.set(reference, known.add(done.trackingNumber));
        }
        return;
      case "cancelDispatch":
        this.shipments.get(done.trackingNumber)!.cancelled = true;
        return;
      case "proofOfDelivery":
        return;
    }
  }

  private async flush(): Promise<void> {
    const batch = this.lines.join("");
    this.lines = [];
    try {
      await this.file.appendFile(batch);
      this.flushing = undefined;
    } catch (error) {
      // `flushing` stays rejected: after half a batch no later line may be glued to it, and nobody may be answered.
      throw new Error("The carrier's store cannot be written", { cause: error });
    }
  }
}
