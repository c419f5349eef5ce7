import type { Metadata } from "next";
import Link from "next/link";
import { buttonClass } from "../components/button";
import { Logo } from "../components/logo";

export const metadata: Metadata = { title: "Not found" };

/** 404: says what may be the reason and leads back. */
export default function NotFound() {
  return (
    <main className="mx-auto grid max-w-xl gap-3 px-4 py-24">
      <Logo className="size-9" />
      <p className="text-xs font-medium text-ink-muted">404</p>
      <h1 className="text-xl">There is nothing at this address</h1>
      <p className="text-ink-muted">
        The link may be mistyped. If it leads to an order that somebody else asked for, you need the role
        reviewer, supervisor, auditor or admin to see it; an admin can give you one. Orders never disappear.
      </p>
      <div>
        <Link href="/" className={buttonClass()}>
          Back to my work
        </Link>
      </div>
    </main>
  );
}
