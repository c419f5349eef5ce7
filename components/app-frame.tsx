import { LogOut } from "lucide-react";
import type { Route } from "next";
import Link from "next/link";
import type { ReactNode } from "react";
import { Button } from "./button";
import type { Place } from "./go-to";
import { OnlyOwnLeft } from "./left-in-tab";
import { LiveBanner, LiveProvider, type LiveProviderProps } from "./live";
import { Logo } from "./logo";
import { Navigation, type NavigationItem } from "./navigation";
import { Palette, PaletteButton } from "./palette";
import { ThemeSwitch } from "./theme-switch";

export type SignedInPerson = { name: string; roles: readonly string[] };
export type AppFrameProps = {
  /** Where this person may go, in this order. */
  navigation: readonly NavigationItem[];
  /** Every page they may open, for the palette and for keys. */
  places: readonly Place[];
  person: SignedInPerson;
  /** Where the name in the corner leads: the person's first place. */
  home: Route;
  signOut: () => Promise<void>;
  /** What the page follows what happens by. */
  live: Omit<LiveProviderProps, "children">;
  children: ReactNode;
};

/** What surrounds every page of somebody signed in: where to go, who it is, and the page's main landmark. */
export function AppFrame(props: AppFrameProps) {
  const { navigation, places, person, home, signOut, live, children } = props;
  return (
    // Another person begins anew: nothing of what was typed before them stays in a field.
    <LiveProvider key={live.person} {...live}>
      <OnlyOwnLeft person={live.person} />
      <Palette places={places} person={live.person} signOut={signOut}>
        <div className="flex min-h-dvh flex-col">
          <a
            href="#main"
            className="sr-only z-20 rounded-md bg-accent px-3 py-2 font-medium text-accent-ink focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
          >
            Skip to content
          </a>
          <header className="sticky top-0 z-10 border-b border-edge bg-surface print:hidden">
            <div className="mx-auto flex max-w-7xl flex-wrap items-center gap-x-5 px-4 sm:flex-nowrap">
              <Link
                href={home}
                className="flex min-h-11 items-center gap-2 text-[0.9375rem] font-semibold tracking-tight"
              >
                <Logo />
                Holdpoint
              </Link>
              <div className="order-3 flex max-sm:w-full sm:order-none sm:flex-1 sm:self-stretch">
                <Navigation items={navigation} />
              </div>
              <div className="ml-auto flex min-w-0 items-center gap-1">
                <Link
                  href={"/account" as Route}
                  prefetch={false}
                  title="Your account"
                  className="mr-1 flex min-h-8 min-w-0 flex-col justify-center rounded-md px-1 text-right text-xs leading-tight -outline-offset-2 hover:underline pointer-coarse:min-h-11"
                >
                  <span className="block truncate font-semibold">{person.name}</span>
                  <span className="block truncate text-ink-muted">
                    {person.roles.join(", ") || "no role"}
                  </span>
                </Link>
                <PaletteButton />
                <ThemeSwitch />
                <form action={signOut}>
                  <Button
                    type="submit"
                    variant="quiet"
                    size="small"
                    className="px-1.5"
                    aria-label="Sign out"
                    title="Sign out"
                  >
                    <LogOut aria-hidden="true" className="size-4" />
                  </Button>
                </form>
              </div>
            </div>
            <LiveBanner />
          </header>
          <main id="main" tabIndex={-1} className="mx-auto w-full max-w-7xl flex-1 px-4 py-6 outline-none">
            {children}
          </main>
        </div>
      </Palette>
    </LiveProvider>
  );
}
