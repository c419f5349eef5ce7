import { beforeEach, expect, test, vi } from "vitest";
import { type AuthorizedActor, mintActor } from "#lib/domain/authority";

const asked = vi.hoisted(() => ({ headers: new Headers(), actor: null as AuthorizedActor | null }));
vi.mock("next/headers", () => ({ headers: async () => asked.headers }));
vi.mock("next/server", () => ({ connection: async () => {} }));
vi.mock("#lib/auth/session", () => ({ currentActor: async () => asked.actor }));

const { gate } = await import("./gate");
const ana = mintActor({ workspace: "main", type: "person", id: "ana", person: "ana", roles: ["reviewer"] });
const ledTo = (path: string) => ({ digest: expect.stringContaining(`;${path};`) });

beforeEach(() => {
  asked.headers = new Headers({ "x-holdpoint-path": "/audit?type=taskOpened" });
  asked.actor = ana;
});

test("who has one of the roles goes in, and anybody signed in where none is named", async () => {
  expect(await gate("supervisor", "reviewer")).toBe(ana);
  expect(await gate()).toBe(ana);
});

test("nobody signed in is sent to sign in, and back to where they wanted to go", async () => {
  asked.actor = null;
  await expect(gate("auditor")).rejects.toMatchObject(ledTo("/sign-in?next=%2Faudit%3Ftype%3DtaskOpened"));
});

test("who lacks the roles is told which, and for which page", async () => {
  await expect(gate("auditor", "admin")).rejects.toMatchObject(
    ledTo("/not-allowed?needs=auditor,admin&page=%2Faudit%3Ftype%3DtaskOpened"),
  );
});
