import type { CommandState } from "../components/command-form";

/** A refusal as the form of the command shows it, with what was typed: what a command calls reason the form calls note. */
export function refusedCommand(
  { message, fieldErrors }: { message: string; fieldErrors?: Record<string, string> },
  typed: Readonly<Record<string, string>>,
): CommandState {
  const { reason, ...others } = fieldErrors ?? {};
  return {
    status: "refused",
    message,
    fieldErrors: fieldErrors && { ...others, ...(reason && { note: reason }) },
    note: typed.note,
  };
}
