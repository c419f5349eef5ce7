/** What dates are written in where nothing else is known, and what the console's words are written in. */
const standard = "en-GB";

const languages_max = 20;

/**
 * How the reader's region writes dates and times in English, the one language the console speaks: of the languages a browser
 * says it prefers (RFC 9110 §12.5.4), the first whose region has an English of its own. `de-AT, en;q=0.5` is `en-AT`; British
 * English where there is none. Numbers and amounts are not written by it: they are the same for everybody who speaks of them.
 */
export function localeOf(acceptLanguage: string | null): string {
  const wanted = (acceptLanguage ?? "")
    .split(",", languages_max)
    .map((range) =>
      /^\s*([A-Za-z]{2,3})(?:-[A-Za-z]{4})?-([A-Za-z]{2})\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?$/.exec(range),
    )
    .flatMap((found) => (found ? [{ region: found[2]!.toUpperCase(), weight: Number(found[3] ?? 1) }] : []))
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight);
  return wanted.map(({ region }) => `en-${region}`).find(isWritten) ?? standard;
}

/** Whether dates are written in this English and not in another that stands in for it. */
function isWritten(locale: string): boolean {
  return new Intl.DateTimeFormat(locale).resolvedOptions().locale === locale;
}
