"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { commandAction } from "#lib/web/action";
import type { CommandState } from "../../components/command-form";
import { engine } from "../engine";
import { refusedCommand } from "../refused-command";

type Switch = "dispatch.pause" | "dispatch.resume" | "intake.stop" | "intake.open";

function switchAction(type: Switch, message: string) {
  return commandAction<CommandState, { note: string }>({
    engine,
    fields: z.object({ note: z.string().trim().min(1, "Say why: it stands in the log.") }),
    command: ({ note }) => ({ type, reason: note }),
    done() {
      revalidatePath("/operations");
      return { status: "done", message };
    },
    refused: refusedCommand,
  });
}

/** Keeps every effect INTENDED from now on, in every process. */
export const pauseDispatch = switchAction("dispatch.pause", "Dispatch is paused.");

/** Has what was kept back sent, the oldest first. */
export const resumeDispatch = switchAction("dispatch.resume", "Dispatch goes on.");

/** Takes in no new order from now on. */
export const stopIntake = switchAction("intake.stop", "Intake is stopped.");

/** Takes in orders again. */
export const openIntake = switchAction("intake.open", "Intake is open.");
