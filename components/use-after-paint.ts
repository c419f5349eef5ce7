"use client";

import { startTransition, useEffect, useState } from "react";

/** A page nobody looks at paints nothing: it goes on after this. */
const unseen_ms = 100;

/** Calls back once the browser has painted what is drawn by now. Returns what calls it off. */
function afterPaint(call: () => void): () => void {
  let painted: ReturnType<typeof setTimeout> | undefined;
  const unseen = setTimeout(done, unseen_ms);
  // A frame's callbacks run before it is painted, so what follows it has a turn of its own.
  const frame = requestAnimationFrame(() => {
    painted = setTimeout(done);
  });
  function stop() {
    cancelAnimationFrame(frame);
    clearTimeout(unseen);
    clearTimeout(painted);
  }
  function done() {
    stop();
    call();
  }
  return stop;
}

/**
 * Follows a value once what shows it at once has been painted: an answer to a key need not wait for everything else that
 * hangs on the same value.
 */
export function useAfterPaint<Value>(value: Value): Value {
  const [shown, show] = useState(value);
  useEffect(() => {
    if (Object.is(shown, value)) return undefined;
    return afterPaint(() => startTransition(() => show(value)));
  }, [shown, value]);
  return shown;
}
