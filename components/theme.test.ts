import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

type Theme = "light" | "dark";

const css = readFileSync(new URL("../app/globals.css", import.meta.url), "utf8");
const tokens = new Map<string, Record<Theme, number>>();
for (const [, name, light, dark] of css.matchAll(
  /--color-([a-z-]+): light-dark\(oklch\(([^)]+)\), oklch\(([^)]+)\)\)/g,
)) {
  tokens.set(name!, { light: luminance(light!), dark: luminance(dark!) });
}

/** Relative luminance (WCAG) of `L C H`, by way of linear sRGB clipped to what a screen can show. */
function luminance(oklch: string): number {
  const [lightness, chroma, hue] = oklch.split(" ").map(Number) as [number, number, number];
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (value: number) => Math.min(1, Math.max(0, value));
  const red = clip(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short);
  const green = clip(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short);
  const blue = clip(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(foreground: string, background: string, theme: Theme): number {
  const [one, other] = [tokens.get(foreground), tokens.get(background)];
  if (!one || !other) throw new Error(`app/globals.css has no token ${one ? background : foreground}`);
  const [darker, lighter] = [one[theme], other[theme]].sort((left, right) => left - right) as [
    number,
    number,
  ];
  return (lighter + 0.05) / (darker + 0.05);
}

const grounds = ["canvas", "surface", "sunken"];
const texts = ["ink", "ink-muted", "accent", "ok", "warn", "bad"].flatMap((text) =>
  grounds.map((ground) => [text, ground] as const),
);
const tints = ["accent", "ok", "warn", "bad"].flatMap((text) => [
  [text, `${text}-tint`] as const,
  ["ink", `${text}-tint`] as const,
  ["ink-muted", `${text}-tint`] as const,
]);
const marks = ["edge", "hold"].flatMap((mark) => grounds.map((ground) => [mark, ground] as const));

describe.each(["light", "dark"] as const)("%s theme", (theme) => {
  test.each([...texts, ...tints, ["accent-ink", "accent"] as const, ["bad-ink", "bad"] as const])(
    "text %s on %s is at least 4.5:1",
    (text, ground) => {
      expect(contrast(text, ground, theme)).toBeGreaterThanOrEqual(4.5);
    },
  );

  test.each(marks)("mark %s on %s is at least 3:1", (mark, ground) => {
    expect(contrast(mark, ground, theme)).toBeGreaterThanOrEqual(3);
  });
});
