import { describe, expect, it } from "vitest";
import { Lane } from "./lane";

const second_ms = 1_000;
const calls = (lane: Lane, answers: boolean[], at_ms = 0) => {
  for (const answered of answers) {
    lane.begin(at_ms);
    lane.end(answered ? "answered" : "unclear", at_ms);
  }
};
const failing = Array<boolean>(5).fill(false);

describe("a lane", () => {
  it("lets so many calls run at once", () => {
    const lane = new Lane({ concurrency_max: 2 }, 0);
    lane.begin(0);
    expect(lane.free(0)).toBe(1);
    lane.begin(0);
    expect(lane.free(0)).toBe(0);
    lane.end("answered", 0);
    expect(lane.free(0)).toBe(1);
  });

  it("lets so many calls begin in a second, and does not save up more than a second's", () => {
    const lane = new Lane({ concurrency_max: 100, calls_per_second_max: 10 }, 0);
    expect(lane.free(0)).toBe(10);
    calls(lane, Array(10).fill(true));
    expect(lane.free(0)).toBe(0);
    expect(lane.nextLook_ms(0)).toBe(100);
    expect(lane.free(100)).toBe(1);
    expect(lane.free(60 * second_ms)).toBe(10);
  });
});

describe("a circuit breaker", () => {
  it("closes after five calls in a row without a clear answer", () => {
    const lane = new Lane({ concurrency_max: 8 }, 0);
    calls(lane, failing.slice(1));
    expect(lane.standing(0)).toBe("open");
    calls(lane, [true, ...failing.slice(1)]);
    expect(lane.standing(0)).toBe("open");
    calls(lane, [false]);
    expect(lane.standing(0)).toBe("cooling");
    expect(lane.free(0)).toBe(0);
  });

  it("tries with one call after it has cooled, and opens when that is answered", () => {
    const lane = new Lane({ concurrency_max: 8 }, 0);
    calls(lane, failing);
    expect(lane.free(5 * second_ms - 1)).toBe(0);
    expect(lane.free(5 * second_ms)).toBe(1);
    lane.begin(5 * second_ms);
    expect(lane.free(5 * second_ms)).toBe(0);
    lane.end("answered", 6 * second_ms);
    expect(lane.free(6 * second_ms)).toBe(8);
  });

  it("cools twice as long each time the try fails, up to a minute", () => {
    const lane = new Lane({ concurrency_max: 8 }, 0);
    calls(lane, failing);
    let now_ms = 0;
    for (const cooling_ms of [5, 10, 20, 40, 60, 60].map((seconds) => seconds * second_ms)) {
      expect(lane.nextLook_ms(now_ms)).toBe(cooling_ms);
      now_ms += cooling_ms;
      calls(lane, [false], now_ms);
    }
  });

  it("is not kept closed by what had begun before it closed", () => {
    const lane = new Lane({ concurrency_max: 8 }, 0);
    for (let n = 0; n < 8; n++) lane.begin(0);
    for (let n = 0; n < 5; n++) lane.end("unclear", 0);
    lane.end("unclear", second_ms);
    expect(lane.free(5 * second_ms)).toBe(0);
    lane.end("unclear", 2 * second_ms);
    lane.end("unclear", 3 * second_ms);
    expect(lane.free(5 * second_ms)).toBe(1);
  });

  it("hears nothing from a call that was not begun", () => {
    const lane = new Lane({ concurrency_max: 8 }, 0);
    calls(lane, failing.slice(1));
    lane.begin(0);
    lane.end("not begun", 0);
    expect(lane.standing(0)).toBe("open");
    calls(lane, [false]);
    expect(lane.standing(0)).toBe("cooling");
  });

  it("is not kept closed by a clock that is set back", () => {
    const lane = new Lane({ concurrency_max: 8 }, 1_000 * second_ms);
    calls(lane, failing, 1_000 * second_ms);
    expect(lane.free(0)).toBe(1);
  });
});
