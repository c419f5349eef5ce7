import { attachedFile } from "#lib/queries/attachment";
import { isProblem, problem } from "#lib/web/problem";
import { route } from "#lib/web/route";
import { demandSession } from "#lib/web/session-route";
import { store } from "../../../../reading";

/**
 * The file that an event of an order attached, for those who may see the order. It is always downloaded and never shown as a
 * page of ours, whatever it says it is.
 */
export const GET = route<{ id: string; version: string }>(async (_, { params }) => {
  const actor = await demandSession();
  if (isProblem(actor)) return actor;
  const version = /^\d{1,9}$/.test(params.version) ? Number(params.version) : 0;
  const file = await attachedFile(actor, store(), { order: params.id, version });
  if (file === null) return problem(404, "notFound", "There is no such file, or none you may see.");
  if (file === "erased") return problem(404, "erased", "The personal parts of this order have been erased.");
  return {
    status: 200,
    bytes: file.content,
    headers: {
      // Text is taken in as UTF-8 and as nothing else.
      "Content-Type": file.mediaType.startsWith("text/")
        ? `${file.mediaType}; charset=utf-8`
        : file.mediaType,
      "Content-Disposition": `attachment; filename*=UTF-8''${encodeURIComponent(file.name).replaceAll("'", "%27")}`,
      "Content-Security-Policy": "sandbox; default-src 'none'",
      "X-Content-Type-Options": "nosniff",
    },
  };
});
