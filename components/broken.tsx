"use client";

import { Button, buttonClass } from "./button";
import { Logo } from "./logo";

export type BrokenProps = { error: unknown; retry: () => void };

/** Something went wrong that is not the reader's fault: what is known of it, and the ways on. */
export function Broken({ error, retry }: BrokenProps) {
  const reference = digestOf(error);
  return (
    <main className="mx-auto grid max-w-xl gap-3 px-4 py-24">
      <Logo className="size-9" />
      <h1 className="text-xl">This page could not be shown</h1>
      <p className="text-ink-muted">
        It is not your fault, and nothing that was recorded is lost: what was done stands in the log. The
        console may be starting, or the connection was cut.
      </p>
      {reference && (
        <p className="text-ink-muted">
          If you ask for help, give the reference{" "}
          <span className="font-mono text-[0.8125rem]">{reference}</span>.
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" onClick={retry}>
          Try again
        </Button>
        {/* A new document, because what this one holds may be what is broken. */}
        <a href="/" className={buttonClass()}>
          Back to my work
        </a>
      </div>
    </main>
  );
}

function digestOf(error: unknown): string | undefined {
  return typeof error === "object" && error !== null && "digest" in error ? `${error.digest}` : undefined;
}
