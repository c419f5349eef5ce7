"use client";

import { Broken } from "../components/broken";
import "./globals.css";

/** What stands in the place of a document that could not be drawn: it has no other around it. */
export default function DocumentError({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <html lang="en-GB">
      <body className="font-sans antialiased">
        <title>Something went wrong · Holdpoint</title>
        <Broken error={error} retry={retry} />
      </body>
    </html>
  );
}
