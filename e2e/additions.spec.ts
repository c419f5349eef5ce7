import { askForOrder, expect, test } from "./journey";

test("people talk about an order and leave papers with it; both stand in its history", async ({ as }) => {
  const [rita, ana] = [await as("rita"), await as("ana")];
  const { path } = await askForOrder(rita);
  await rita.getByLabel("Comment").fill("The customer wants it by Friday.");
  await rita.getByRole("button", { name: "Comment" }).click();
  await expect(rita.getByText("The customer wants it by Friday.")).toBeVisible();

  await ana.goto(path);
  await expect(ana.getByText("Rita Ortega wrote a comment.")).toBeVisible();
  const note = Buffer.from("%PDF-1.7\nDelivery note, signed");
  await ana
    .getByLabel("File")
    .setInputFiles({ name: "delivery note.pdf", mimeType: "application/pdf", buffer: note });
  await ana.getByRole("button", { name: "Attach" }).click();
  const link = ana.getByRole("link", { name: /delivery note\.pdf/ });
  await expect(link).toBeVisible();
  const [download] = await Promise.all([ana.waitForEvent("download"), link.click()]);
  expect(download.suggestedFilename()).toBe("delivery note.pdf");

  await ana
    .getByLabel("File")
    .setInputFiles({ name: "game.exe", mimeType: "application/pdf", buffer: Buffer.from([77, 90, 0, 3]) });
  await ana.getByRole("button", { name: "Attach" }).click();
  await expect(ana.getByRole("main").getByRole("alert")).toContainText("Attach a PDF, a picture");
});

test("an event that attached nothing has no file", async ({ as }) => {
  const [rita, ada] = [await as("rita"), await as("ada")];
  const { path } = await askForOrder(rita);
  const answer = await ada.request.get(`${path}/files/1`);
  expect(answer.status()).toBe(404);
});
