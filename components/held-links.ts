/**
 * Keeps the page that is shown while this browser has no network: a link would lead to the browser's own error page and take
 * away what is there. `held` is told each time one led nowhere for that. Returns what ends it.
 */
export function holdLinks(held: () => void): () => void {
  const hold = (event: MouseEvent) => {
    if (navigator.onLine || !leadsAway(event)) return;
    event.preventDefault();
    event.stopPropagation();
    held();
  };
  // Before the link's own handlers, which would begin to load the page.
  document.addEventListener("click", hold, { capture: true });
  return () => document.removeEventListener("click", hold, { capture: true });
}

function leadsAway({ target, button, ctrlKey, metaKey, shiftKey }: MouseEvent): boolean {
  const link = target instanceof Element ? target.closest("a[href]") : null;
  if (!(link instanceof HTMLAnchorElement) || button !== 0 || ctrlKey || metaKey || shiftKey) return false;
  const { origin, pathname, search } = window.location;
  const staysHere = link.pathname === pathname && link.search === search && link.hash !== "";
  // In a grid a click on a line's link goes to the line, not away.
  return link.origin === origin && !staysHere && link.target !== "_blank" && !link.closest("[role=grid]");
}
