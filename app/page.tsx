import { redirect } from "next/navigation";
import { gate } from "#lib/web/gate";
import { startOf } from "./places";

/** The start: leads everybody to where their work is. */
export default async function StartPage() {
  const actor = await gate();
  redirect(startOf(actor.roles));
}
