import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type FormField, formFields, formValues, queryOfForm } from "./audit-form";

const values = (query: string) =>
  Object.fromEntries(
    Object.entries(formValues(query)).flatMap(([name, { value, mixed }]) =>
      value || mixed ? [[name, mixed ? null : value]] : [],
    ),
  );
/** What a browser sends: all fields, as they were drawn but for the changed ones. */
const sent = (drawn: string, changed: { [name in FormField]?: string }, query = drawn) =>
  queryOfForm({
    query,
    drawn,
    fields: {
      ...Object.fromEntries(formFields.map((name) => [name, formValues(drawn)[name].value])),
      ...changed,
    },
  });

describe("the fields", () => {
  test("show what the query says, as far as a field can", () => {
    expect(values("actor:ana type:TASKopened from:2026-11-01 pos:<=20 SO-1 refused:YES kind:timer")).toEqual({
      actor: "ana",
      type: "taskOpened",
      from: "2026-11-01",
      position: "20",
      stream: "SO-1",
      refused: "yes",
      kind: "timer",
    });
    expect(values("actor:ana actor:ben -type:taskOpened pos:1..5 stream:person/ana")).toEqual({
      actor: null,
      type: null,
      position: null,
      stream: "person/ana",
    });
    // A field that cannot hold it must not send it back empty.
    expect(values("kind:robot refused:maybe from:yesterday until:2026-02-30")).toEqual({
      kind: null,
      refused: null,
      from: null,
      until: null,
    });
  });

  test("change the query where somebody changed them, and nowhere else", () => {
    expect(sent("actor:ana nonsense:1 type:taskOpened", { actor: "ben" })).toBe(
      "actor:ben nonsense:1 type:taskOpened",
    );
    expect(sent("actor:ana actor:ben", { type: "taskOpened" })).toBe("actor:ana actor:ben type:taskOpened");
    expect(sent("actor:ana actor:ben", { actor: "sam" })).toBe("actor:sam");
    expect(sent("type:taskOpened SO-1", { stream: "" })).toBe("type:taskOpened");
    expect(sent("", { stream: "person/ana", position: "30" })).toBe("stream:person/ana pos:<=30");
    expect(sent("", { stream: "SO 1" })).toBe('"SO 1"');
  });

  test("do not undo what was typed above them", () => {
    expect(sent("actor:ana", {}, "actor:ben")).toBe("actor:ben");
    expect(sent("actor:ana", { type: "taskOpened" }, "actor:ben")).toBe("actor:ben type:taskOpened");
  });

  test("alone are a query too, as links to this page have them", () => {
    expect(queryOfForm({ query: "", drawn: "", fields: { actor: "ana", stream: "person/ana" } })).toBe(
      "stream:person/ana actor:ana",
    );
  });

  test("show what they were changed to, whatever the query was", () => {
    const query = fc.string({ unit: fc.constantFrom("actor:", "type:", "-", "ana", " ", '"', "/") });
    fc.assert(
      fc.property(query, fc.constantFrom("actor", "stream", "kind"), (drawn, name) => {
        expect(formValues(sent(drawn, { [name]: "timer" }))[name].value).toBe("timer");
        expect(sent(drawn, {})).toBe(drawn.trim());
      }),
    );
  });
});
