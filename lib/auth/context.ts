import { type WorkspaceKeys, workspaceKeys } from "#lib/log/keys";
import { type Clock, wallClock } from "../clock";
import { type Database, database } from "../db";
import { env, rootKeys } from "../env";

/** What saying who works on: one workspace's database and keys (which name the workspace), and a clock. */
export type AuthContext = { database: Database; keys: WorkspaceKeys; clock: Clock };

let made: AuthContext | undefined;

/** The context of this process, made from the environment when first asked for. Throws naming the variable at fault. */
export function authContext(): AuthContext {
  made ??= {
    database: database(),
    keys: workspaceKeys(env("HOLDPOINT_WORKSPACE"), rootKeys()),
    clock: wallClock,
  };
  return made;
}
