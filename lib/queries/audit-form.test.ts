import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type FormField, formFields, formValues, formZone, queryInZone, queryOfForm } from "./audit-form";

const values = (query: string) =>
  Object.fromEntries(
    Object.entries(formValues(query)).flatMap(([name, { value, mixed }]) =>
      value || mixed ? [[name, mixed ? null : value]] : [],
    ),
  );
/** What a browser sends: all fields, as they were drawn but for the changed ones. */
const sent = (drawn: string, changed: { [name in FormField]?: string }, query = drawn, readerZone = "UTC") =>
  queryOfForm({
    query,
    drawn,
    zone: formZone(drawn, readerZone),
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
    expect(
      queryOfForm({ query: "", drawn: "", zone: "UTC", fields: { actor: "ana", stream: "person/ana" } }),
    ).toBe("stream:person/ana actor:ana");
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

  describe("ask for days of a zone that the query then names", () => {
    const berlin = "Europe/Berlin";
    const day = { from: "2026-11-01" };

    test("the reader's, whether the day is typed below or above", () => {
      expect(formZone("actor:ana", berlin)).toBe(berlin);
      expect(sent("actor:ana", day, undefined, berlin)).toBe("actor:ana from:2026-11-01 zone:Europe/Berlin");
      expect(sent("", {}, "until:2026-11-01", berlin)).toBe("until:2026-11-01 zone:Europe/Berlin");
      expect(sent("", {}, "until:2026-11-01 zone:Asia/Tokyo", berlin)).toBe(
        "until:2026-11-01 zone:Asia/Tokyo",
      );
      expect(sent("", { type: "taskOpened" }, undefined, berlin)).toBe("type:taskOpened");
    });

    test("that of the query, whoever reads it and changes its days", () => {
      const shared = "from:2026-11-01 zone:Europe/Berlin";
      expect(formZone(shared, "America/New_York")).toBe(berlin);
      expect(sent(shared, {}, undefined, "America/New_York")).toBe(shared);
      expect(sent(shared, { from: "2026-11-02" }, undefined, "America/New_York")).toBe(
        "from:2026-11-02 zone:Europe/Berlin",
      );
      expect(sent(shared, { from: "" }, undefined, "America/New_York")).toBe("");
    });

    test("another one only where somebody says so", () => {
      expect(queryInZone("zone:Europe/Berlin from:2026-11-01 SO-1", "Asia/Tokyo")).toBe(
        "from:2026-11-01 SO-1 zone:Asia/Tokyo",
      );
      expect(queryInZone("from:2026-11-01 zone:Europe/Berlin", "UTC")).toBe("from:2026-11-01");
    });

    test("UTC where days stand without one, as in every address from before, or where none is known", () => {
      expect(formZone("from:2026-11-01", berlin)).toBe("UTC");
      expect(sent("from:2026-11-01", { until: "2026-11-02" }, undefined, berlin)).toBe(
        "from:2026-11-01 until:2026-11-02",
      );
      expect(formZone("", "Europe/Atlantis")).toBe("UTC");
      expect(sent("", day, undefined, "UTC")).toBe("from:2026-11-01");
      const garbled = { query: "from:2026-11-01", drawn: "", zone: "<x>", fields: {} };
      expect(queryOfForm(garbled)).toBe("from:2026-11-01");
    });
  });
});
