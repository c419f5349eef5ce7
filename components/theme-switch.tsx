"use client";

import { type LucideIcon, Monitor, Moon, Sun } from "lucide-react";
import { useTheme } from "next-themes";
import { useSyncExternalStore } from "react";
import { Button } from "./button";

type Theme = "system" | "light" | "dark";

const themes: Record<Theme, { icon: LucideIcon; next: Theme; label: string }> = {
  system: { icon: Monitor, next: "light", label: "Theme: system. Change to light" },
  light: { icon: Sun, next: "dark", label: "Theme: light. Change to dark" },
  dark: { icon: Moon, next: "system", label: "Theme: dark. Change to system" },
};

const never = () => () => {};

/** Goes round system, light and dark; the browser remembers. */
export function ThemeSwitch() {
  const { theme, setTheme } = useTheme();
  // The server cannot know what this browser remembers, so the first drawing says system everywhere.
  const hydrated = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  const { icon: Icon, next, label } = themes[hydrated ? ((theme ?? "system") as Theme) : "system"];
  return (
    <Button
      variant="quiet"
      size="small"
      className="px-1.5"
      aria-label={label}
      title={label}
      onClick={() => setTheme(next)}
    >
      <Icon aria-hidden="true" className="size-4" />
    </Button>
  );
}
