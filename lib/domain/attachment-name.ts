import type { attachmentMediaTypes } from "./commands";
import { isolated, turnsWriting, withoutTurns } from "./text-direction";

export type AttachmentMediaType = (typeof attachmentMediaTypes)[number];

type Kind = { called: string; endings: readonly string[]; mayHaveNone?: true };

// None of these is run by who opens it: a text whose name ends in .hta, .bat or .html is.
const textEndings = ["txt", "csv", "tsv", "md", "log", "json"];

const kinds: Readonly<Record<AttachmentMediaType, Kind>> = {
  "application/pdf": { called: "PDF", endings: ["pdf"] },
  "image/png": { called: "PNG", endings: ["png"] },
  "image/jpeg": { called: "JPEG", endings: ["jpg", "jpeg"] },
  "image/webp": { called: "WebP", endings: ["webp"] },
  "text/plain": { called: "text", endings: textEndings, mayHaveNone: true },
  "text/csv": { called: "text", endings: ["csv", ...textEndings], mayHaveNone: true },
};

/** Every ending of a name that some kind of attachment may have, with its dot. */
export const attachmentEndings: readonly string[] = [
  ...new Set(Object.values(kinds).flatMap(({ endings }) => endings.map((ending) => `.${ending}`))),
];

const control = /\p{Cc}/gu;
const or = new Intl.ListFormat("en-GB", { type: "disjunction" });

/**
 * Why a file of this kind is not taken under this name, as sentences with what would be right; null when it is. By the
 * ending of its name a file is opened where it is saved, whatever was seen in it here.
 */
export function attachmentNameProblem(name: string, mediaType: AttachmentMediaType): string | null {
  if (turnsWriting(name))
    return "The name of the file holds characters that change the direction of writing. Give it another name.";
  if (name.search(control) >= 0)
    return "The name of the file holds control characters. Give it another name.";
  const kind = kinds[mediaType];
  if (isEndingOf(kind, name)) return null;
  const { called, endings, mayHaveNone } = kind;
  const ending = endingOf(name);
  const has =
    ending === null ? "has no ending" : ending.trim() === "" ? "ends in a dot" : `ends in .${ending}`;
  const right = or.format(endings.map((each) => `.${each}`));
  return `“${isolated(name)}” is a ${called} whose name ${has}. A ${called} ends in ${right}${mayHaveNone ? ", or has no ending at all" : ""}.`;
}

/**
 * The name a kept file is given back under: its own, or with the ending of its kind behind it when its own is another's
 * (`page.html.txt`), and without characters that are not seen. For what was kept before names were looked at.
 */
export function offeredName(name: string, mediaType: string): string {
  const seen = withoutTurns(name).replace(control, "").trim() || "file";
  const kind: Kind = Object.hasOwn(kinds, mediaType)
    ? kinds[mediaType as AttachmentMediaType]
    : { called: "file", endings: ["bin"] };
  return isEndingOf(kind, seen) ? seen : `${seen}.${kind.endings[0]}`;
}

function isEndingOf({ endings, mayHaveNone }: Kind, name: string): boolean {
  const ending = endingOf(name);
  return ending === null ? mayHaveNone === true : endings.includes(ending.toLowerCase());
}

/** What stands behind the last dot of a name; null without a dot. Nothing behind it is an ending too, which some systems drop. */
function endingOf(name: string): string | null {
  const dot = name.lastIndexOf(".");
  return dot < 0 ? null : name.slice(dot + 1);
}
