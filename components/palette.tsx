"use client";

import { Search } from "lucide-react";
import { usePathname, useRouter } from "next/navigation";
import {
  type ComponentType,
  type ReactNode,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { buttonClass } from "./button";
import { classNames } from "./class-names";
import { goToReader, isTypedInto, type Place } from "./go-to";
import { GoToContext, useGoTo } from "./go-to-context";
import { KeyCap, KeySheetDialog, type KeySheetHandle } from "./key-sheet";
import type { PaletteDialogProps } from "./palette-dialog";
import { rememberOrder } from "./palette-recent";
import { singleKeysOn, useSingleKeys } from "./single-keys";

export type PaletteProps = {
  places: readonly Place[];
  /** Who is signed in. */
  person: string;
  signOut: () => Promise<void>;
  children: ReactNode;
};

const never = () => () => {};
const isApple = () => /Mac|iPhone|iPad/.test(navigator.platform);

/**
 * What leads from anywhere to anywhere by keys: Ctrl+K (on a Mac ⌘K) opens the palette, which is loaded when it is first
 * asked for, G and a letter go to a page, ? shows the keys. Single keys count where nobody types and can be switched off.
 */
export function Palette({ places, person, signOut, children }: PaletteProps) {
  const router = useRouter();
  const pathname = usePathname();
  const apple = useSyncExternalStore(never, isApple, () => false);
  const [keysOn, switchKeys] = useSingleKeys();
  const [open, setOpen] = useState(false);
  const [Dialog, setDialog] = useState<ComponentType<PaletteDialogProps> | null>(null);
  const ownSheet = useRef<KeySheetHandle>(null);
  const pageSheets = useRef<(() => void)[]>([]);

  useEffect(() => rememberOrder(person, pathname), [person, pathname]);

  const openPalette = useCallback(() => {
    setOpen(true);
    import("./palette-dialog").then(
      (loaded) => setDialog(() => loaded.PaletteDialog),
      // What cannot be loaded has a page that needs no script.
      () => window.location.assign("/search"),
    );
  }, []);

  useEffect(() => {
    const read = goToReader();
    function goTo(event: KeyboardEvent) {
      const withOthers = event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
      const inDialog = document.querySelector("dialog[open]") !== null;
      const meant = read({
        key: event.key,
        at_ms: event.timeStamp,
        withOthers: withOthers || event.shiftKey,
        counts: singleKeysOn() && !inDialog && !isTypedInto(event.target),
      });
      if (meant.kind !== "letter") return;
      // The page's own single keys come after us, and must not take it for one.
      event.preventDefault();
      event.stopPropagation();
      const place = places.find(({ letter }) => letter === meant.letter);
      if (place) router.push(place.href);
    }
    function openByKeys(event: KeyboardEvent) {
      const command = apple ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
      if (command && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
        event.preventDefault();
        if (document.querySelector("dialog[open]") === null) openPalette();
        return;
      }
      if (event.key !== "?" || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey)
        return;
      if (!singleKeysOn() || isTypedInto(event.target) || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      const opened = pageSheets.current.at(-1) ?? (() => ownSheet.current?.open());
      opened();
    }
    window.addEventListener("keydown", goTo, { capture: true });
    window.addEventListener("keydown", openByKeys);
    return () => {
      window.removeEventListener("keydown", goTo, { capture: true });
      window.removeEventListener("keydown", openByKeys);
    };
  }, [places, router, apple, openPalette]);

  const onKeySheet = useCallback((sheet: () => void) => {
    pageSheets.current.push(sheet);
    return () => {
      pageSheets.current = pageSheets.current.filter((each) => each !== sheet);
    };
  }, []);
  const offered = useMemo(
    () => ({ places, paletteKeys: [apple ? "⌘" : "Ctrl", "K"], openPalette, onKeySheet }),
    [places, apple, openPalette, onKeySheet],
  );
  return (
    <GoToContext value={offered}>
      {children}
      <KeySheetDialog keys={[]} on={keysOn} onSwitch={switchKeys} handle={ownSheet} />
      {open && Dialog && (
        <Dialog places={places} person={person} signOut={signOut} onClosed={() => setOpen(false)} />
      )}
    </GoToContext>
  );
}

/** Opens the palette; without scripts it leads to the page that searches. */
export function PaletteButton() {
  const { openPalette, paletteKeys } = useGoTo();
  return (
    <form
      action="/search"
      onSubmit={(event) => {
        event.preventDefault();
        openPalette();
      }}
    >
      <button
        type="submit"
        aria-haspopup="dialog"
        title={`Search (${paletteKeys.join("+")})`}
        className={classNames(
          buttonClass("secondary", "small"),
          "px-1.5 max-xl:border-transparent max-xl:bg-transparent xl:pr-1 xl:pl-2 xl:text-ink-muted",
        )}
      >
        <Search aria-hidden="true" className="size-4" />
        <span className="max-xl:sr-only">Search</span>
        <span aria-hidden="true" className="ml-3 flex gap-0.5 max-xl:hidden">
          {paletteKeys.map((key) => (
            <KeyCap key={key}>{key}</KeyCap>
          ))}
        </span>
      </button>
    </form>
  );
}
