import type { Counted } from "#lib/queries/page";
import type { WorkLine } from "../../components/work-list";
import { counted } from "../reading";

/** A line of the start page; `needs` says that somebody has to do something about it while the number is not 0. */
export type StartLine = WorkLine & { needs: boolean };

type Words = { one: string; many: string };

/** A line about so many, in the words for one or for many. */
export function lineOf(
  id: string,
  number: Counted,
  { one, many }: Words,
  rest: Pick<StartLine, "href" | "tone" | "needs" | "beside">,
): StartLine[] {
  if (rest.needs && number.count === 0) return [];
  return [{ id, count: counted(number), words: number.count === 1 && !number.more ? one : many, ...rest }];
}
