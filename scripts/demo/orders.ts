import { join } from "node:path";
import { openCsv } from "../import/csv";
import { readMapping } from "../import/mapping";
import { type ReceiveOrder, readOrders, surveyOf } from "../import/orders";
import { projectFolder } from "../places";

/**
 * The orders of the demo, by their number: the cut in e2e/data, read as an import reads it. An order whose lines are in
 * the cut too has them.
 */
export async function demoOrders(): Promise<Map<string, ReceiveOrder>> {
  const orders = await read("orders");
  for (const [key, order] of await read("lines")) orders.set(key, order);
  return orders;
}

async function read(name: "orders" | "lines"): Promise<Map<string, ReceiveOrder>> {
  const at = (file: string) => join(projectFolder, "e2e", "data", file);
  const mapping = readMapping(at(`${name}.map.json`));
  const file = await openCsv(at(`${name}.csv`), mapping);
  const { split } = await surveyOf(file, mapping);
  const reading = {
    mapping,
    mode: "live",
    source: "demo",
    workflow: "order-fulfilment@1",
    requestedBy: "rita",
    now: "",
  } as const;
  const orders = new Map<string, ReceiveOrder>();
  for await (const { key, command } of readOrders(file, reading, split))
    if (command) orders.set(key, command);
  return orders;
}
