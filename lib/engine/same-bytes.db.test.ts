import { expect, it } from "vitest";
import { instantAdapters } from "#lib/effects/instant";
import { testWorkspace } from "#scripts/testing/workspace";

/** An outside that knows keys compares what comes under them byte by byte. */
it("sends with every attempt what the first one sent, byte for byte, also after it was read from the log", async () => {
  const sent: string[] = [];
  const adapters = instantAdapters().map((adapter) => ({
    ...adapter,
    async perform(input: object, key: string) {
      if (adapter.name !== "carrier.dispatch")
        return { kind: "confirmed" as const, receipt: { reference: key } };
      sent.push(JSON.stringify(input));
      return { kind: "retryable" as const, reason: "Not now." };
    },
  }));
  const workspace = await testWorkspace({ adapters });
  try {
    const customer = { reference: "17850", phone: "1", name: "Jo March", email: "jo@example.org" };
    await workspace.receive({ customer });
    await workspace.receive({ customer, total: { currency: "GBP", amount: 5_000 } });
    await workspace.runtime.dispatcher.idle();
    workspace.clock.advance_minutes(10);
    await workspace.runtime.tick();
    await workspace.runtime.dispatcher.idle();
    expect(sent.length).toBeGreaterThanOrEqual(2);
    expect(new Set(sent).size).toBe(1);
    expect(sent[0]).toContain("Jo March");
  } finally {
    await workspace.close();
  }
});
