import { expect, test } from "vitest";
import { fileSizeProblem } from "./file-size";

const most = 5 * 1024 * 1024;

test("a file of the most that is taken is taken", () => {
  expect(fileSizeProblem(most, most)).toBeNull();
  expect(fileSizeProblem(0, most)).toBeNull();
});

test.each([
  [most + 1, "5.1"],
  [6 * 1024 * 1024, "6.0"],
  [2 * 1024 ** 3, "2048.0"],
])("a file of %i bytes is too large, and said to be larger than the most", (size_bytes, said) => {
  expect(fileSizeProblem(size_bytes, most)).toBe(`This file has ${said} MiB; at most 5 MiB are taken.`);
});
