"use client";

import type { Route } from "next";
import Link from "next/link";
import { useEffect, useRef } from "react";
import { Notice } from "./notice";

/** Why something was not done, for people: one sentence, what is wrong with which field, and where to go on. */
export type Refusal = {
  message: string;
  /** By the field's name. */
  fieldErrors?: Readonly<Record<string, string>>;
  /** A way on: "Show what changed". */
  offer?: { label: string; href: Route };
};

export type RefusalSummaryProps = { refusal: Refusal; labels?: Readonly<Record<string, string>> };

/** Says at the top of a form why it was refused. It is read out and takes the focus, so that nobody misses it. */
export function RefusalSummary({ refusal, labels = {} }: RefusalSummaryProps) {
  const box = useRef<HTMLDivElement>(null);
  // Every new refusal takes the focus again.
  useEffect(() => box.current?.focus(), [refusal]);
  const errors = Object.entries(refusal.fieldErrors ?? {});
  return (
    <div ref={box} tabIndex={-1} className="rounded-md">
      <Notice kind="error" title={refusal.message} announce>
        {errors.length > 0 && (
          <ul className="list-disc pl-4">
            {errors.map(([name, error]) => (
              <li key={name}>
                {labels[name] ? `${labels[name]}: ` : ""}
                {error}
              </li>
            ))}
          </ul>
        )}
        {refusal.offer && (
          <Link href={refusal.offer.href} className="font-medium text-accent underline underline-offset-2">
            {refusal.offer.label}
          </Link>
        )}
      </Notice>
    </div>
  );
}
