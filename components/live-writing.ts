/**
 * Whether somebody is at work on this page, so that it must not change under their hands: a text field has the focus or holds
 * what was typed and not sent, something is being sent, or a refusal stands there to be read.
 */
const textField =
  'textarea, select, [contenteditable="true"], input:not([type=button], [type=submit], [type=reset], [type=checkbox], [type=radio], [type=range], [type=hidden])';
const answering = 'main form[aria-busy="true"], main form [role="alert"]';

type Field = HTMLInputElement | HTMLTextAreaElement;
const typedIn = new Set<Field>();

export function isWriting(): boolean {
  if (document.activeElement?.matches(textField) || document.querySelector(answering)) return true;
  for (const field of typedIn) if (!field.isConnected) typedIn.delete(field);
  return [...typedIn].some(({ value }) => value !== "");
}

/** Notes what is typed into forms that send something, until they have sent it. Returns how to stop. */
export function watchWriting(): () => void {
  const typed = ({ target }: Event) => {
    if (isField(target) && target.matches(textField) && !isAsking(target.form)) typedIn.add(target);
  };
  const sent = ({ target }: Event) => {
    for (const field of typedIn) if (field.form === target) typedIn.delete(field);
  };
  document.addEventListener("input", typed);
  document.addEventListener("submit", sent);
  document.addEventListener("reset", sent);
  return () => {
    document.removeEventListener("input", typed);
    document.removeEventListener("submit", sent);
    document.removeEventListener("reset", sent);
  };
}

function isField(target: EventTarget | null): target is Field {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}

/** A form that only filters or searches: what counts of it is in the address. React marks its own with a script address. */
function isAsking(form: HTMLFormElement | null): boolean {
  const action = form?.getAttribute("action");
  return form?.method === "get" && action != null && !action.startsWith("javascript:");
}
