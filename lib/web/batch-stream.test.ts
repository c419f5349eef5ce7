import { beforeEach, expect, test, vi } from "vitest";
import { batchStream } from "./batch-stream";
import { log } from "./log";

const asked = { during: "GET /numbers", requestId: "7f3c1c0a-8f9e-4b55-9d1c-0c5f2f7f9a11" };
const told = { made: 0, ended: false };

async function* numbers(count: number, failure?: Error): AsyncGenerator<number[]> {
  try {
    for (let n = 1; n <= count; n++) {
      told.made = n;
      yield [n, n];
    }
    if (failure) throw failure;
  } finally {
    told.ended = true;
  }
}
const textOf = (batch: number[], first: boolean) =>
  `${first ? "number\n" : ""}${batch.map((n) => `${n}\n`).join("")}`;

beforeEach(() => {
  vi.restoreAllMocks();
  Object.assign(told, { made: 0, ended: false });
});

test("the batches come one after the other, and the first brings the header", async () => {
  const text = await new Response(batchStream(numbers(3), textOf, asked)).text();
  expect(text).toBe("number\n1\n1\n2\n2\n3\n3\n");
});

test("without a batch there is the header all the same", async () => {
  expect(await new Response(batchStream(numbers(0), textOf, asked)).text()).toBe("number\n");
});

test("no batch is made before the one before it was taken", async () => {
  const reader = batchStream(numbers(10), textOf, asked).getReader();
  await reader.read();
  expect(told.made).toBeLessThan(3);
});

test("what fails on the way is logged under the request's number and breaks the stream off", async () => {
  const failed = vi.spyOn(log(), "error").mockImplementation(() => {});
  const reader = batchStream(numbers(1, new Error("gone")), textOf, asked).getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toBe("number\n1\n1\n");
  await expect(reader.read()).rejects.toThrow("gone");
  expect(failed).toHaveBeenCalledExactlyOnceWith(expect.objectContaining(asked), "failed");
});

test("who takes no more ends the batches", async () => {
  const failed = vi.spyOn(log(), "error").mockImplementation(() => {});
  const reader = batchStream(numbers(10), textOf, asked).getReader();
  await reader.read();
  await reader.cancel();
  expect(told.ended).toBe(true);
  expect(told.made).toBeLessThan(10);
  expect(failed).not.toHaveBeenCalled();
});

test("who breaks off while a batch is being made leaves no failure behind", async () => {
  const failed = vi.spyOn(log(), "error").mockImplementation(() => {});
  let make = () => {};
  async function* slow(): AsyncGenerator<number[]> {
    await new Promise<void>((made) => {
      make = made;
    });
    yield [1];
  }
  const reader = batchStream(slow(), textOf, asked).getReader();
  const read = reader.read();
  await Promise.resolve();
  const brokenOff = reader.cancel();
  make();
  await Promise.all([read, brokenOff]);
  expect(failed).not.toHaveBeenCalled();
});
