import { afterAll, beforeAll, expect, test } from "vitest";
import { offeredName } from "#lib/domain/attachment-name";
import { sealAttachment } from "#lib/log/attachment";
import { subjectKeys, unwrapDataKey } from "#lib/log/envelope";
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

const text = Buffer.from("<script>alert(1)</script>");
const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0]);
const textRight = "A text ends in .txt, .csv, .tsv, .md, .log or .json, or has no ending at all.";

test.each([
  ["evil.hta", text, `“evil.hta” is a text whose name ends in .hta. ${textRight}`],
  ["run.bat", text, `“run.bat” is a text whose name ends in .bat. ${textRight}`],
  ["notes.txt.html", text, `“notes.txt.html” is a text whose name ends in .html. ${textRight}`],
  ["page.html.", text, `“page.html.” is a text whose name ends in a dot. ${textRight}`],
  [".bashrc", text, `“.bashrc” is a text whose name ends in .bashrc. ${textRight}`],
  ["pic.png", text, `“pic.png” is a text whose name ends in .png. ${textRight}`],
  ["bad.exe", pdf, "“bad.exe” is a PDF whose name ends in .exe. A PDF ends in .pdf."],
  ["שובר.html", text, "“\u2068שובר.html\u2069” is a text whose name ends in .html."],
  ["scan", pdf, "“scan” is a PDF whose name has no ending. A PDF ends in .pdf."],
  ["p.svg", png, "“p.svg” is a PNG whose name ends in .svg. A PNG ends in .png."],
  ["p.png", jpeg, "“p.png” is a JPEG whose name ends in .png. A JPEG ends in .jpg or .jpeg."],
  ["seen\u202Egpj.txt", text, "The name of the file holds characters that change the direction of writing."],
  ["a\u2066b.pdf", pdf, "The name of the file holds characters that change the direction of writing."],
  ["a\u0085b.pdf", pdf, "The name of the file holds control characters."],
])(
  "under the name %j a file is refused with what would be right, and not kept",
  async (name, content, says) => {
    const before = await kept();
    expect(await put("ana", content, { name })).toMatchObject({
      rejected: true,
      code: "invalid",
      field: "file",
      message: expect.stringContaining(says),
    });
    expect(await kept()).toBe(before);
  },
);

test.each([
  ["NOTE.PDF", pdf],
  ["p.png", png],
  ["p.jpg", jpeg],
  ["p.JPEG", jpeg],
  ["p.webp", Buffer.from("RIFF....WEBP")],
  ["README", text],
  ["page.html.txt", text],
  ["lines.csv", text],
  ["lines.json ", text],
  ["שובר.txt", text],
])("under the name %j a file is taken and given back", async (name, content) => {
  const answer = await put("ana", content, { name });
  if (answer.rejected) throw new Error(answer.message);
  const version = answer.firstVersion;
  expect(await attachedFile(workspace.person("ana"), workspace, { order, version })).toMatchObject({
    name: name.trim(),
    content,
  });
});

test.each([
  ["page.html", "text/plain", "page.html.txt"],
  ["page.html.", "text/plain", "page.html..txt"],
  ["sums.xls", "text/csv", "sums.xls.csv"],
  ["p.svg", "image/png", "p.svg.png"],
  ["bad.exe", "application/pdf", "bad.exe.pdf"],
  ["cod\u202Efdp.exe", "application/pdf", "codfdp.exe.pdf"],
  ["fdp\u202E.pdf", "application/pdf", "fdp.pdf"],
  ["older.xyz", "application/zip", "older.xyz.bin"],
])(
  "what was kept as %j before names were looked at is given back under one that runs nothing",
  async (name, mediaType, offered) => {
    expect(offeredName(name, mediaType)).toBe(offered);
  },
);

test("what was kept under a dangerous name is still there to be downloaded, under another", async () => {
  const old = await workspace.receive({ requestedBy: "rita" });
  const { keys } = workspace;
  const row = await workspace.database.subjectKey.findUniqueOrThrow({
    where: { workspace_subject: { workspace: keys.workspace, subject: `order/${old}` } },
  });
  const subject = subjectKeys(
    keys.workspace,
    `order/${old}`,
    unwrapDataKey(keys, `order/${old}`, row.wrapped),
  );
  const sealed = sealAttachment(subject, keys.workspace, text, Buffer.alloc(12, 7));
  await workspace.database.attachment.create({
    data: { workspace: keys.workspace, hash: sealed.hash, orderId: old, kept: new Uint8Array(sealed.kept) },
  });
  const answer = await workspace.ask(workspace.person("ana"), {
    type: "order.attach",
    order: old,
    hash: sealed.hash,
    size_bytes: text.length,
    mediaType: "text/plain",
    name: "page.html",
  });
  if (answer.rejected) throw new Error(answer.message);
  const version = answer.firstVersion;
  expect(await attachedFile(workspace.person("ana"), workspace, { order: old, version })).toEqual({
    name: "page.html.txt",
    mediaType: "text/plain",
    content: text,
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
