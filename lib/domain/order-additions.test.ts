import { test } from "vitest";
import { ask, received, spec } from "./spec";
import { orderFulfilment } from "./workflows/order-fulfilment";

const file = { hash: "ab".repeat(32), size_bytes: 5, mediaType: "application/pdf", name: "note.pdf" };
const order = spec(orderFulfilment).given(received());

test("whoever works on an order or asked for it may comment on it and leave papers with it", () => {
  for (const who of ["rita", "ana", "sam"]) {
    order.when(ask(who, "order.comment", { text: "Rang the customer up." })).gives("commentAdded");
    order.when(ask(who, "order.attach", file)).gives("attachmentAdded");
  }
});

test("also when it is over", () => {
  order
    .given(ask("ana", "task.decide", { verdict: "reject" }))
    .when(ask("rita", "order.comment", { text: "Why?" }))
    .gives("commentAdded");
});

test("nobody else may, whatever else they are", () => {
  for (const who of ["ada", "root", "nobody"])
    order.when(ask(who, "order.comment", { text: "Hello" })).refusedWith({ authority: "role" });
});
