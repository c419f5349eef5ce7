/** What the operator's commands have in common: the engine of the installation, its actor, and how they end. */
import { randomUUID } from "node:crypto";
import { type AuthContext, authContext } from "#lib/auth/context";
import { database } from "#lib/db";
import type { Command } from "#lib/domain/commands";
import { isRejection } from "#lib/domain/rejection";
import { engineProcess } from "#lib/engine/process";
import { systemActor } from "#lib/engine/system-actor";
import { withInstallation } from "./installation";

/** The command line is not right: nothing was done. */
export class UsageError extends Error {}

export type Operator = {
  context: AuthContext;
  /** Has the engine do something. Throws with the sentence of its refusal. */
  ask(command: Command): Promise<void>;
};

/** Runs `work` against the installation this machine is meant for. */
export function asOperator(work: (operator: Operator) => Promise<void>): Promise<void> {
  return withInstallation(async () => {
    const { runtime } = await engineProcess();
    const actor = systemActor(runtime.engine.workspace, "operator");
    try {
      await work({
        context: authContext(),
        async ask(command) {
          const asking = { actor, source: "operator", id: randomUUID() };
          const result = await runtime.engine.execute(command, asking);
          if (isRejection(result)) throw new Error(result.message);
        },
      });
    } finally {
      await runtime.stop();
      await database().$disconnect();
    }
  });
}

/** Runs a command to its end: exit code 0 when done, 1 when refused or failed, 2 with the usage when not understood. */
export function run(usage: string, command: () => Promise<void>): void {
  command().then(
    () => process.exit(0),
    (error: Error) => {
      const unclear =
        error instanceof UsageError || `${(error as { code?: string }).code}`.startsWith("ERR_PARSE_ARGS");
      console.error(unclear ? `${error.message}\n\n${usage}` : error.message);
      process.exit(unclear ? 2 : 1);
    },
  );
}

/** A value of the command line that has to be there. */
export function needed(values: { [name: string]: unknown }, name: string): string {
  const value = values[name];
  if (typeof value !== "string" || value.trim() === "") throw new UsageError(`--${name} is missing.`);
  return value.trim();
}
