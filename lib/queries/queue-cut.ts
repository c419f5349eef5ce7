import { ruleNames } from "#lib/domain/policy";
import { isQueueView, type QueueCut } from "./queue";

/** What an address says of the cut, each once; what means nothing leaves everything. */
export function cutAsked({ view, reason, claimedBy }: { [name in keyof QueueCut]?: string }): QueueCut {
  return {
    view: isQueueView(view) ? view : "all",
    ...(isReason(reason) && { reason }),
    ...(isPerson(claimedBy) && { claimedBy }),
  };
}

/** The search part of a cut's address, without the question mark: always the same for the same cut. */
export function cutQuery({ view, reason, claimedBy }: QueueCut): string {
  return `${new URLSearchParams({
    ...(view !== "all" && { view }),
    ...(reason !== undefined && { reason }),
    ...(claimedBy !== undefined && { claimedBy }),
  })}`;
}

/** Whether there is less in it than in the view it is of. */
export function isNarrowed({ reason, claimedBy }: QueueCut): boolean {
  return reason !== undefined || claimedBy !== undefined;
}

/** What a cut is called between the browser and the server: the view, or for a narrowed one the search part. */
export function cutName(cut: QueueCut): string {
  return isNarrowed(cut) ? cutQuery(cut) : cut.view;
}

/** The cut of this name; null when it is none: a job for many must not take another for it. */
export function cutNamed(name: string): QueueCut | null {
  if (isQueueView(name)) return { view: name };
  const cut = cutAsked(Object.fromEntries(new URLSearchParams(name)));
  return isNarrowed(cut) && cutName(cut) === name ? cut : null;
}

function isReason(text: string | undefined): text is string {
  return ruleNames.some((name) => name === text);
}

function isPerson(text: string | undefined): text is string {
  return text !== undefined && /^[A-Za-z0-9._:~-]{1,100}$/.test(text);
}
