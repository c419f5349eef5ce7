import type { ReactNode } from "react";
import { Logo } from "./logo";
import { ThemeSwitch } from "./theme-switch";

export type EntryFrameProps = {
  /** The page's h1: "Sign in". */
  title: string;
  children: ReactNode;
  /** Below the card: the demo sign-ins, a word about help. */
  below?: ReactNode;
};

/** What surrounds a page before anybody is signed in: the way in is itself a hold point on the line. */
export function EntryFrame({ title, children, below }: EntryFrameProps) {
  return (
    <main className="relative grid min-h-dvh content-start justify-items-center overflow-hidden px-4 pt-[max(3rem,14vh)] pb-12">
      <div className="relative w-full max-w-sm">
        <span
          aria-hidden="true"
          className="absolute top-[42px] right-full w-screen border-t-2 border-accent [margin-right:-1px]"
        />
        <span
          aria-hidden="true"
          className="absolute top-[42px] left-full w-screen border-t-2 border-dashed border-edge [margin-left:-1px]"
        />
        <div className="relative grid gap-5 rounded-lg border border-edge bg-surface p-6">
          <div className="flex items-center gap-2.5">
            <Logo className="size-9" />
            <span className="text-lg font-semibold tracking-tight">Holdpoint</span>
            <span className="ml-auto">
              <ThemeSwitch />
            </span>
          </div>
          <h1 className="text-xl">{title}</h1>
          {children}
        </div>
        {below && <div className="mt-5 text-ink-muted">{below}</div>}
      </div>
    </main>
  );
}
