"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { authContext } from "#lib/auth/context";
import type { AuthorizedActor } from "#lib/domain/authority";
import { isRejection, type Rejection } from "#lib/domain/rejection";
import {
  isSurface,
  removeView as remove,
  renameView as rename,
  saveView as save,
} from "#lib/queries/saved-views";
import { searchKept } from "#lib/queries/saved-views-kept";
import { admittedOn, incompleteForm, unforeseen } from "#lib/web/action";
import { formRefusal } from "#lib/web/refusal";
import type { CommandState } from "../../components/command-form";
import { store } from "../reading";
import { viewPages } from "./view-pages";

const fields = z.record(z.string(), z.string());
const viewId = z.uuid();

/** Saves what is searched for under a name, for the person or for everybody. */
export async function saveView(_: CommandState, data: FormData): Promise<CommandState> {
  return changed(data, "Saved.", async ({ id, surface, query = "", name = "", shared }, actor) => {
    const kept = isSurface(surface) ? searchKept(surface, query) : null;
    if (!isSurface(surface) || kept === null || !viewId.safeParse(id).success) return incompleteForm();
    return save(
      actor,
      store(),
      { id: id!, surface, name, query: kept, shared: shared !== undefined },
      authContext().clock.now(),
    );
  });
}

/** Gives a saved view another name. */
export async function renameView(_: CommandState, data: FormData): Promise<CommandState> {
  return changed(data, "Renamed.", async ({ id, name = "" }, actor) =>
    viewId.safeParse(id).success ? rename(actor, store(), { id: id!, name }) : incompleteForm(),
  );
}

/** Removes a saved view. */
export async function removeView(_: CommandState, data: FormData): Promise<CommandState> {
  return changed(data, "Removed.", async ({ id }, actor) =>
    viewId.safeParse(id).success ? remove(actor, store(), id!) : incompleteForm(),
  );
}

type Typed = { readonly [name: string]: string | undefined };

/**
 * What happens to each of these forms. Saved views are rows beside the log and no event, so what commands leave to the engine
 * is asked where the rows are changed.
 */
async function changed(
  data: FormData,
  message: string,
  change: (typed: Typed, actor: AuthorizedActor) => Promise<Rejection | null>,
): Promise<CommandState> {
  const typed: Typed =
    fields.safeParse(Object.fromEntries([...data].filter(([name]) => !name.startsWith("$")))).data ?? {};
  const refused = (rejection: Rejection): CommandState => ({
    status: "refused",
    ...formRefusal(rejection),
    line: typed.name,
  });
  try {
    const actor = await admittedOn(typed.drawnFor);
    if (isRejection(actor)) return refused(actor);
    const rejection = await change(typed, actor);
    if (rejection) return refused(rejection);
    for (const { path } of Object.values(viewPages)) revalidatePath(path);
    revalidatePath("/saved-views");
    return { status: "done", message };
  } catch (error) {
    return refused(unforeseen(error));
  }
}
