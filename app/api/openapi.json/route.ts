import { openApiDocument } from "#lib/web/open-api";
import { route } from "#lib/web/route";

/** The interface for machines, described for machines. */
export const GET = route(async () => ({ status: 200, body: openApiDocument() }));
