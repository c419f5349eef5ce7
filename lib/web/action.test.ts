import { beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { type AuthorizedActor, mintActor } from "#lib/domain/authority";
import { reject } from "#lib/domain/rejection";
import type { Accepted } from "#lib/engine/job";
import { log } from "./log";
import type { FormRefusal } from "./refusal";

const asked = vi.hoisted(() => ({ headers: new Headers(), actor: null as AuthorizedActor | null }));
vi.mock("next/headers", () => ({ headers: async () => asked.headers }));
vi.mock("#lib/auth/session", () => ({ currentActor: async () => asked.actor }));

const { admitted, admittedOn, commandAction } = await import("./action");
const { redirect } = await import("next/navigation");

const order = "00000000-0000-8000-8000-000000000001";
const commandId = "7f3c1c0a-8f9e-4b55-9d1c-0c5f2f7f9a11";
const ana = mintActor({ workspace: "main", type: "person", id: "ana", person: "ana", roles: ["reviewer"] });
const accepted: Accepted = {
  rejected: false,
  stream: `order/${order}`,
  firstVersion: 2,
  count: 1,
  repeated: false,
  firstPos: 1,
  events: [],
};

type State = { status: "idle" } | { status: "done" } | ({ status: "refused"; note?: string } & FormRefusal);
const execute = vi.fn();
const cancel = commandAction<State, { order: string; note: string }>({
  engine: async () => ({ execute }),
  fields: z.object({ order: z.uuid(), note: z.string().min(1, "Say why.") }),
  command: ({ order, note }) =>
    note === "not like this"
      ? reject("invalid", "Not like this.", { field: "note" })
      : { type: "order.cancel", order, reason: note },
  done: (_, { note }) => (note === "and go" ? redirect("/queue") : { status: "done" }),
  refused: (refusal, { note }) => ({ status: "refused", note, ...refusal }),
});

function press(fields: Record<string, string> = {}) {
  const data = new FormData();
  for (const [name, value] of Object.entries({
    order,
    commandId,
    drawnFor: "ana",
    note: "No longer needed",
    ...fields,
  }))
    data.append(name, value);
  return cancel({ status: "idle" }, data);
}

beforeEach(() => {
  vi.restoreAllMocks();
  vi.stubEnv("NEXTAUTH_URL", "http://127.0.0.1:3000");
  asked.headers = new Headers({ host: "127.0.0.1:3000", origin: "http://127.0.0.1:3000" });
  asked.actor = ana;
  execute.mockReset().mockResolvedValue(accepted);
});

test("a form from our page by somebody signed in is one command", async () => {
  expect(await press({ note: "Two\r\nlines", $ACTION_ID_x: "" })).toEqual({ status: "done" });
  expect(execute.mock.calls).toEqual([
    [
      { type: "order.cancel", order, reason: "Two\nlines" },
      { actor: ana, source: "console", id: commandId },
    ],
  ]);
});

test.each([
  ["of another site", "http://evil.example"],
  ["of nowhere", null],
])("a form %s is refused before anything else", async (_, origin) => {
  if (origin) asked.headers.set("origin", origin);
  else asked.headers.delete("origin");
  expect(await press()).toMatchObject({
    status: "refused",
    message: expect.stringContaining("not come from a page"),
  });
  expect(execute).not.toHaveBeenCalled();
});

test.each([
  ["drawn for somebody else", "ben", "refused", "Somebody else has signed in"],
  ["that does not say whom it was drawn for", undefined, "invalid", "Load the page again"],
])("a page %s does nothing in the name of who is signed in", async (_, drawnFor, code, message) => {
  expect(await admittedOn(drawnFor)).toMatchObject({ code, message: expect.stringContaining(message) });
  expect(await admittedOn("ana")).toBe(ana);
  expect(await press({ drawnFor: "ben" })).toMatchObject({ status: "refused", note: "No longer needed" });
  expect(execute).not.toHaveBeenCalled();
});

test("nobody signed in is refused with the sentence that helps, and keeps what was typed", async () => {
  asked.actor = null;
  expect(await press()).toMatchObject({
    status: "refused",
    message: expect.stringContaining("Sign in again"),
    note: "No longer needed",
  });
  expect(execute).not.toHaveBeenCalled();
});

test("an action that is no command is only for those with one of its roles", async () => {
  expect(await admitted(["auditor", "admin"])).toMatchObject({
    rejected: true,
    message: "For this you need the role auditor or admin.",
  });
  expect(await admitted(["auditor", "reviewer"])).toBe(ana);
});

test("what is wrong with the fields stands at the fields, and what was typed survives", async () => {
  expect(await press({ note: "", order: "x" })).toMatchObject({
    status: "refused",
    note: "",
    fieldErrors: { note: "Say why.", order: expect.any(String) },
  });
  expect(await press({ note: "not like this" })).toMatchObject({ fieldErrors: { note: "Not like this." } });
  expect(await press({ commandId: "1" })).toMatchObject({
    status: "refused",
    message: expect.stringContaining("Load the page"),
  });
  expect(execute).not.toHaveBeenCalled();
});

test("the engine's refusal is told, with who can when it is a matter of right", async () => {
  execute.mockResolvedValue({
    ...reject("refused", "You requested it yourself."),
    authority: "own request",
    whoCan: "a reviewer",
  });
  expect(await press()).toMatchObject({
    status: "refused",
    code: "refused",
    message: "You requested it yourself. It can be done by a reviewer.",
  });
});

test("a redirect goes through, and what nobody foresaw is logged and told as a reference only", async () => {
  await expect(press({ note: "and go" })).rejects.toMatchObject({
    digest: expect.stringContaining("NEXT_REDIRECT"),
  });
  const logged = vi.spyOn(log(), "error").mockImplementation(() => {});
  execute.mockRejectedValue(new Error("connection to 10.0.0.5 lost"));
  const state = (await press()) as FormRefusal;
  expect(state.message).toMatch(/reference [0-9a-f-]{36}/);
  expect(JSON.stringify(state)).not.toContain("10.0.0.5");
  expect(logged.mock.calls).toHaveLength(1);
  expect(JSON.stringify(logged.mock.calls[0])).not.toContain("10.0.0.5");
  expect(logged.mock.calls[0]?.[0]).toMatchObject({
    requestId: state.message.match(/reference (\S+)\./)?.[1],
  });
});
