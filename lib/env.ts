import { readFileSync } from "node:fs";
import { z } from "zod";
import type { RootKeys } from "#lib/log/keys";

/**
 * The one reader of the environment. Nothing is read before it is asked for, so a build needs no secret and no database.
 * Throws with a sentence that names the variable and what would be right.
 */
const schema = z.object({
  DATABASE_URL: z.url("must be a PostgreSQL URL such as postgresql://holdpoint_app:…@host:5432/holdpoint"),
  DATABASE_OWNER_URL: z.url().optional(),
  HOLDPOINT_WORKSPACE: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "must be lower-case letters, digits and dashes")
    .default("main"),
  HOLDPOINT_KEYS_FILE: z.string().optional(),
  HOLDPOINT_WORKSPACE_KEY: z.string().optional(),
  HOLDPOINT_IDENTITY_KEY: z.string().optional(),
  HOLDPOINT_HEAD_FILE: z.string().optional(),
  NEXTAUTH_SECRET: z.string().min(32, "must have at least 32 characters"),
  NEXTAUTH_URL: z.url().optional(),
  OIDC_ISSUER: z.url("must be the https address that the provider calls its issuer").optional(),
  OIDC_CLIENT_ID: z.string().default("holdpoint"),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_NAME: z.string().default("your organisation"),
  OIDC_EMAILS: z
    .enum(
      ["claimed", "trusted"],
      "must be claimed, or trusted for a provider that verifies all and does not say so",
    )
    .default("claimed"),
  PASSWORD_SIGN_IN: z
    .enum(["on", "off"], "must be on, or off where all sign in by the provider")
    .default("on"),
  CRON_SECRET: z.string().min(16, "must have at least 16 characters").optional(),
  METRICS_TOKEN: z.string().min(16, "must have at least 16 characters").optional(),
  LOG_LEVEL: z
    .enum(["silent", "error", "warn", "info", "debug"], "must be silent, error, warn, info or debug")
    .default("info"),
  CARRIER_URL: z.url("must be the carrier's http or https address").optional(),
  CARRIER_WEBHOOK_SECRET: z
    .string()
    .default("")
    .transform((text) => text.split(/\s+/).filter(Boolean))
    .refine(
      (keys) => keys.length <= 4 && keys.every((key) => /^wh(sec|pk)_[A-Za-z0-9+/]{32,}={0,2}$/.test(key)),
      "must be whsec_ or whpk_ and base64, or up to four of them with spaces between",
    ),
  CARRIER_MODE: z
    .enum(["honours-key", "probe", "neither"], "must be honours-key, probe or neither")
    .default("honours-key"),
  HTTP_CALL_CONNECTIONS_FILE: z.string().optional(),
  INTAKE_BACKLOG_MAX: z.coerce.number().int().positive("must be a whole number above 0").default(5_000),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url("must be the collector's http or https address").optional(),
  HOLDPOINT_DEMO: z.string().optional(),
});

type Environment = z.infer<typeof schema>;

/** One variable, checked by itself: a missing secret for sign-in must not keep a command-line tool from its work. */
export function env<Name extends keyof Environment>(name: Name): Environment[Name] {
  const given = process.env[name];
  const parsed = schema.shape[name].safeParse(given === "" ? undefined : given);
  if (!parsed.success) throw new Error(`${name} ${parsed.error.issues[0]?.message ?? "is not right"}`);
  return parsed.data as Environment[Name];
}

/** Whether people reach the console by https, so that cookies and pages may insist on it; without an address they do not. */
export function isServedByTls(): boolean {
  return env("NEXTAUTH_URL")?.startsWith("https:") ?? false;
}

/** Whether people may sign in by a password kept here. */
export function opensByPassword(): boolean {
  return env("PASSWORD_SIGN_IN") === "on";
}

/** The two root keys, 32 bytes each in base64: from the environment, or from the file HOLDPOINT_KEYS_FILE names. */
export function rootKeys(): RootKeys {
  const file = env("HOLDPOINT_KEYS_FILE");
  const held = file
    ? z
        .object({ workspaceKey: z.string(), identityKey: z.string() })
        .parse(JSON.parse(readFileSync(file, "utf8")))
    : { workspaceKey: env("HOLDPOINT_WORKSPACE_KEY"), identityKey: env("HOLDPOINT_IDENTITY_KEY") };
  return {
    workspaceKey: bytes("the workspace key", held.workspaceKey),
    identityKey: bytes("the identity key", held.identityKey),
  };
}

/** What the file of `http.call` connections holds, unchecked; {} without a file. Throws when it cannot be read or is no JSON. */
export function httpCallConnections(): unknown {
  const file = env("HTTP_CALL_CONNECTIONS_FILE");
  if (!file) return {};
  const text = readFileSync(file, "utf8");
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message would quote from a file of secrets.
    throw new Error("HTTP_CALL_CONNECTIONS_FILE must name a file of JSON");
  }
}

function bytes(name: string, base64: string | undefined): Uint8Array {
  const key = Buffer.from(base64 ?? "", "base64");
  if (key.length !== 32)
    throw new Error(
      `${name} must be 32 bytes in base64: set HOLDPOINT_KEYS_FILE, or HOLDPOINT_WORKSPACE_KEY and HOLDPOINT_IDENTITY_KEY`,
    );
  return key;
}
