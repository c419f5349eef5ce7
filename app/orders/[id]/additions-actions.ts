"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { authContext } from "#lib/auth/context";
import { isRejection, type Rejection, reject } from "#lib/domain/rejection";
import { attach } from "#lib/engine/attachments";
import { engineProcess } from "#lib/engine/process";
import { admittedOn, commandAction, unforeseen } from "#lib/web/action";
import { formRefusal } from "#lib/web/refusal";
import type { CommandState } from "../../../components/command-form";
import { engine } from "../../engine";
import { refusedCommand } from "../../refused-command";
import { reasoned } from "../task-actions";

/** Writes a comment on an order. */
export const comment = commandAction<CommandState, { order: string; note: string }>({
  engine,
  fields: z.object({ order: z.string(), note: reasoned("Write something first.") }),
  command: ({ order, note }) => ({ type: "order.comment", order, text: note }),
  done(_, { order }) {
    revalidatePath(`/orders/${order}`);
    return { status: "done", message: "Your comment stands in the history." };
  },
  refused: refusedCommand,
});

const place = z.object({ order: z.string(), commandId: z.uuid() });

/** Leaves a file with an order. */
export async function attachFile(_: CommandState, data: FormData): Promise<CommandState> {
  const refused = (rejection: Rejection): CommandState => ({ status: "refused", ...formRefusal(rejection) });
  const drawnFor = data.get("drawnFor");
  const actor = await admittedOn(typeof drawnFor === "string" ? drawnFor : undefined);
  if (isRejection(actor)) return refused(actor);
  const asked = place.safeParse(Object.fromEntries(data));
  const file = data.get("file");
  if (!asked.success || !(file instanceof File))
    return refused(reject("invalid", "Choose a file first.", { field: "file" }));
  const { order, commandId: id } = asked.data;
  try {
    const { runtime } = await engineProcess();
    const { database, keys } = authContext();
    const content = new Uint8Array(await file.arrayBuffer());
    const name = file.name || "file";
    const result = await attach(
      actor,
      { engine: runtime.engine, database, keys },
      { order, id, file: { name, content } },
    );
    if (isRejection(result)) return refused(result);
  } catch (error) {
    return refused(unforeseen(error, "attaching a file"));
  }
  revalidatePath(`/orders/${order}`);
  return { status: "done", message: "The file stands in the history." };
}
