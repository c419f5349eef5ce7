import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { command } from "./installation";
import { expect, openFromQueue, orderNumber, test, untilStanding } from "./journey";

test("an order comes in from a file, is reviewed by a person, dispatched and delivered", async ({
  as,
}, testInfo) => {
  test.setTimeout(120_000);
  const number = orderNumber();
  const file = testInfo.outputPath("orders.csv");
  writeFileSync(
    file,
    `InvoiceNo,InvoiceDate,CustomerID,TotalPrice\n${number},2010-12-01,${number.slice(2)},4321.10\n`,
  );
  const mapping = join(import.meta.dirname, "data", "orders.map.json");
  const options = ["--map", mapping, "--source", "journey", "--requested-by", "rita"];
  await command("import", "--live", file, ...options);

  const ana = await as("ana");
  await openFromQueue(ana, number);
  await expect(ana.getByText("£4,321.10 is over the limit of £1,000.00", { exact: true })).toBeVisible();
  await expect(ana.getByText("First order of this customer", { exact: true })).toBeVisible();
  await expect(ana.getByText("The import handed in the order for Rita Ortega.")).toBeVisible();
  await ana.getByRole("button", { name: "Approve" }).click();

  const path = new URL(ana.url()).pathname;
  await untilStanding(ana, path, "Completed");
  await expect(ana.getByText(/The carrier confirmed the dispatch/)).toBeVisible();
  await expect(ana.getByText(/The carrier confirmed the proof of delivery/)).toBeVisible();

  // The same file again is the same order.
  await command("import", "--live", file, ...options);
  const rita = await as("rita");
  await rita.goto("/requests");
  await expect(
    rita
      .getByRole("table", { name: "All orders you asked for" })
      .getByRole("link", { name: new RegExp(number) }),
  ).toHaveCount(1);
});
