"use client";

import { useCallback, useEffect, useRef, useState } from "react";

/** The second half of a double press comes sooner; whoever has read what came next takes longer. */
const apart_ms = 300;

/**
 * Keeps one movement of the hand from deciding twice: whether it was pressed a moment ago, and what says that it is pressed
 * now. What is pressed within that moment was meant for what stood there before.
 */
export function useOnePress(): [justPressed: boolean, pressed: () => void] {
  const [justPressed, setJustPressed] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const pressed = useCallback(() => {
    setJustPressed(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setJustPressed(false), apart_ms);
  }, []);
  return [justPressed, pressed];
}
