import { afterAll, beforeAll, expect, test } from "vitest";
import { attachedFile } from "#lib/queries/attachment";
import { withClient } from "#scripts/embedded-postgres";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { attach, mediaTypeOf } from "./attachments";

let workspace: TestWorkspace;
let order: string;
beforeAll(async () => {
  workspace = await testWorkspace();
  order = await workspace.receive({ requestedBy: "rita" });
});
afterAll(() => workspace.close());

const pdf = Buffer.from("%PDF-1.7 the signed delivery note of Ada Byron");
let asked = 0;
const put = (
  who: string,
  content: Uint8Array = pdf,
  { id = `file-${++asked}`, name = "note.pdf", to = order } = {},
) =>
  attach(
    workspace.person(who),
    { engine: workspace.runtime.engine, database: workspace.database, keys: workspace.keys },
    { order: to, id, file: { name, content } },
  );
const kept = () => workspace.database.attachment.count();

test("a file is kept encrypted under the order's key, named in the log by the hash of what is kept, and read again", async () => {
  const answer = await put("ana");
  if (answer.rejected) throw new Error(answer.message);
  const [event] = (await workspace.log(`order/${order}`)).slice(-1);
  expect(event).toMatchObject({
    type: "attachmentAdded",
    data: { size_bytes: pdf.length, mediaType: "application/pdf" },
  });
  expect(JSON.stringify(event)).not.toContain("note.pdf");
  const row = await workspace.database.attachment.findFirstOrThrow();
  expect(row.hash).toBe(event?.data.hash);
  expect(Buffer.from(row.kept).includes("Byron")).toBe(false);
  const version = event?.version ?? 0;
  for (const who of ["rita", "ben", "ada"])
    expect(await attachedFile(workspace.person(who), workspace, { order, version })).toEqual({
      name: "note.pdf",
      mediaType: "application/pdf",
      content: pdf,
    });
  expect(await attachedFile(workspace.person("remy"), workspace, { order, version: version + 1 })).toBeNull();
});

test("sent twice under one id it is kept and named once", async () => {
  const before = await kept();
  const [first, second] = [await put("ana", pdf, { id: "twice" }), await put("ana", pdf, { id: "twice" })];
  expect(first).toMatchObject({ rejected: false, repeated: false });
  expect(second).toMatchObject({ rejected: false, repeated: true });
  expect(await kept()).toBe(before + 1);
});

test.each(["ada", "root", "stranger"])(
  "of %s, who may not add to it, nothing is kept, and the try is on record",
  async (who) => {
    const before = await kept();
    expect(await put(who)).toMatchObject({ rejected: true, code: "refused" });
    expect(await kept()).toBe(before);
  },
);

test.each([
  ["nothing", new Uint8Array(), "empty"],
  ["too much", new Uint8Array(5 * 1024 * 1024 + 1), "at most 5 MiB"],
  ["a program", Buffer.from("MZ\u0000\u0003\u0000\u0000"), "Attach a PDF"],
])("%s is refused with what would be right", async (_, content, says) => {
  expect(await put("ana", content)).toMatchObject({
    rejected: true,
    field: "file",
    message: expect.stringContaining(says),
  });
});

test("an order nobody knows gets no file", async () => {
  expect(await put("ana", pdf, { to: "00000000-0000-8000-8000-000000000000" })).toMatchObject({
    code: "notFound",
  });
});

test("when the order's key is gone its files are gone with it", async () => {
  const other = await workspace.receive({ requestedBy: "rita" });
  const answer = await put("ben", pdf, { to: other });
  if (answer.rejected) throw new Error(answer.message);
  await withClient(workspace.urls.databaseOwnerUrl, (client) =>
    client.query("DELETE FROM subject_key WHERE subject = $1", [`order/${other}`]),
  );
  const version = answer.firstVersion;
  expect(await attachedFile(workspace.person("ana"), workspace, { order: other, version })).toBe("erased");
});

test("what a file is is seen from its bytes and not from its name", () => {
  expect(mediaTypeOf("a.pdf", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))).toBe(
    "image/png",
  );
  expect(mediaTypeOf("a.png", Buffer.from("plain words"))).toBe("text/plain");
  expect(mediaTypeOf("a.csv", Buffer.from("a,b\r\n1,2"))).toBe("text/csv");
  expect(mediaTypeOf("a.txt", Buffer.from([0xff, 0xfe, 0x00]))).toBeUndefined();
});
