"use client";

import { Broken } from "../components/broken";

/** What stands in the place of a page that could not be drawn. */
export default function PageError({ error, retry }: { error: unknown; retry: () => void }) {
  return <Broken error={error} retry={retry} />;
}
