import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

/**
 * Holds the layout: who may import whom, who reads the environment and the clock, what files may be called. A failing
 * test names the file, what it does, why that is not wanted and where it belongs. Where the code has a good reason to
 * do otherwise, the reason stands in the tables below, not in an exception elsewhere.
 */
const root = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");

type Place = {
  /** What it is there for: the reason printed when something does not belong. */
  does: string;
  /** Places it may import from. */
  may: readonly string[];
  /** Places of which it may import types, which leave no trace in what runs. */
  mayTypes?: readonly string[];
  /** Single files beyond that, each with its reason. */
  also?: Readonly<Record<string, string>>;
  packages: readonly (string | RegExp)[];
};

const next = /^next(\/|$)/;
const react = /^react(-dom)?(\/|$)/;

const places: Readonly<Record<string, Place>> = {
  "lib/domain": {
    does: "decides, and is pure: no clock, no input or output, no randomness",
    may: ["lib/log"],
    packages: ["zod", "temporal-polyfill"],
  },
  "lib/log": {
    does: "writes facts down, and is pure: keys are arguments",
    may: [],
    packages: ["node:crypto"],
  },
  "lib/engine": {
    does: "records and drives",
    may: ["lib/domain", "lib/log", "lib/effects", "lib/db.ts", "lib/clock.ts"],
    also: {
      "lib/engine/process.ts → lib/env.ts": "the one engine of a process is made from the environment",
    },
    packages: ["node:crypto", "node:fs/promises", "node:path", "pg", /^@opentelemetry\//],
  },
  "lib/effects": {
    does: "touches the outside, and knows nothing of who asks",
    may: [],
    mayTypes: ["lib/domain"],
    packages: [
      "node:crypto",
      "node:dns/promises",
      "node:net",
      "node:tls",
      "ipaddr.js",
      "standardwebhooks",
      "undici",
      "zod",
    ],
  },
  "lib/queries": {
    does: "reads, for an AuthorizedActor, with explicit arguments",
    may: ["lib/domain", "lib/log", "lib/db.ts"],
    // Days of a zone are instants only to whom knows its clocks.
    packages: ["temporal-polyfill"],
  },
  "lib/audit": {
    does: "proves, independently of screens and of the engine's door",
    may: ["lib/domain", "lib/log", "lib/db.ts"],
    also: {
      "lib/audit/verify.ts → lib/engine/log-fold.ts":
        "what is verified is what the engine's own folds give, not a second opinion of them",
      "lib/audit/check-opinions.ts → lib/engine/log-fold.ts": "the same",
      "lib/audit/check-event.ts → lib/engine/seal.ts": "the hash of an effect's input is defined once",
    },
    packages: ["node:crypto", "pg"],
  },
  "lib/auth": {
    does: "says who, and mints AuthorizedActor",
    may: ["lib/domain", "lib/db.ts", "lib/clock.ts"],
    also: {
      "lib/auth/context.ts → lib/env.ts": "which workspace, and its keys, are the installation's",
      "lib/auth/context.ts → lib/log/keys.ts": "the workspace's keys are derived there",
      "lib/auth/credential.ts → lib/log/keys.ts": "an e-mail address is found by its keyed index",
      "lib/auth/identity.ts → lib/log/keys.ts": "an account elsewhere is found by its keyed index",
      "lib/auth/sign-in.ts → lib/log/keys.ts": "an e-mail address is found by its keyed index",
      "lib/auth/credential.ts → prisma/client/client":
        "an address that is taken is told by the database's own error",
      "lib/auth/session.ts → lib/env.ts": "the secret of the cookies is the installation's",
      "lib/auth/session.ts → lib/web/log.ts":
        "who came in, and that somebody did not, is a line of the process's log",
      "lib/auth/session.ts → lib/web/log-failure.ts":
        "what fails is written by one hand, without personal data",
    },
    packages: [/^next-auth(\/|$)/, next, react, "node:crypto", "@node-rs/argon2", "rate-limiter-flexible"],
  },
  "lib/web": {
    does: "adapts to Next: wrappers of actions and routes",
    may: ["lib/domain", "lib/auth"],
    mayTypes: ["lib/engine"],
    also: {
      "lib/web/action.ts → lib/env.ts": "an action compares the request's origin with the console's address",
      "lib/web/log.ts → lib/env.ts": "how much is logged is the installation's to say",
    },
    packages: [
      next,
      react,
      "node:crypto",
      "pino",
      "csv-stringify/sync",
      "zod",
      "@asteasolutions/zod-to-openapi",
      "server-only",
    ],
  },
  "lib/db.ts": {
    does: "opens the database",
    may: ["lib/env.ts", "prisma/client"],
    packages: ["@prisma/adapter-pg", "pg"],
  },
  "lib/env.ts": {
    does: "reads the environment",
    may: [],
    mayTypes: ["lib/log"],
    packages: ["node:fs", "zod"],
  },
  "lib/clock.ts": { does: "reads the wall clock", may: [], packages: [] },
  components: {
    does: "draws what it is given: data and server actions come as props",
    may: [],
    packages: [
      next,
      react,
      "next-themes",
      "lucide-react",
      "@tanstack/react-query",
      "@tanstack/react-virtual",
    ],
  },
  app: {
    does: "gates, parses, makes one call and renders",
    may: [
      "components",
      "lib/domain",
      "lib/log",
      "lib/queries",
      "lib/auth",
      "lib/web",
      "lib/engine",
      "lib/effects",
      "lib/audit",
      "lib/db.ts",
      "lib/env.ts",
      "lib/clock.ts",
    ],
    packages: [
      next,
      react,
      "next-themes",
      /^geist\//,
      "lucide-react",
      "node:crypto",
      "prom-client",
      "zod",
      "server-only",
    ],
  },
  e2e: {
    does: "knows what a browser and an HTTP client know",
    may: ["scripts"],
    packages: [/^node:/, "playwright/test", "@axe-core/playwright", "@sparticuz/chromium", "oidc-provider"],
  },
};

type Import = { file: string; to: string; types: boolean };

const sources = ["lib", "app", "components", "e2e", "scripts"]
  .flatMap((folder) => filesIn(folder))
  .filter((file) => /\.tsx?$/.test(file));
const shipped = sources.filter((file) => !isTest(file) && !file.startsWith("scripts/"));
const imports = sources.filter((file) => !isTest(file)).flatMap(importsOf);

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll("\\", "/"));
}

function isTest(file: string): boolean {
  return /\.(test|spec)\.tsx?$/.test(file) || basename(file) === "vitest.config.ts";
}

function textOf(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

/** Code without comments, so that prose about something is not taken for it. */
function codeOf(file: string): string {
  return textOf(file)
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/(^|[^:"'`])\/\/.*$/gm, "$1");
}

function importsOf(file: string): Import[] {
  const found: Import[] = [];
  const statements =
    /^(?:import|export)\s([^;"'`=()]*?)from\s+"([^"]+)"|^import\s+"([^"]+)"|\bimport\("([^"]+)"\)/gm;
  for (const [, clause, from, bare, called] of codeOf(file).matchAll(statements))
    found.push({
      file,
      to: targetOf(file, from ?? bare ?? called!),
      types: clause !== undefined && isTypesOnly(clause),
    });
  return found;
}

function isTypesOnly(clause: string): boolean {
  if (/^type\s/.test(clause)) return true;
  const names = /\{([^}]*)\}/
    .exec(clause)?.[1]
    ?.split(",")
    .filter((name) => name.trim());
  return !/^\w/.test(clause) && names !== undefined && names.every((name) => /^\s*type\s/.test(name));
}

/** A file of the project as its path (`lib/env.ts`), a package as its name. */
function targetOf(file: string, specifier: string): string {
  const path = specifier.startsWith("#")
    ? join(root, specifier.slice(1))
    : specifier.startsWith(".")
      ? resolve(root, dirname(file), specifier)
      : null;
  if (path === null) return specifier;
  const inside = relative(root, path).replaceAll("\\", "/");
  return /\.\w+$/.test(inside) && !sources.includes(`${inside}.ts`)
    ? inside
    : (sources.find((known) => known === `${inside}.ts` || known === `${inside}.tsx`) ?? inside);
}

function placeOf(file: string): string | undefined {
  return Object.keys(places).find((place) => isIn(file, place));
}

function isIn(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`);
}

function isProject(target: string): boolean {
  return ["lib", "app", "components", "e2e", "scripts", "prisma"].some((folder) => isIn(target, folder));
}

function wrongImport({ file, to, types }: Import): string | null {
  const name = placeOf(file)!;
  const place = places[name]!;
  if (!isProject(to)) {
    if (place.packages.some((known) => (typeof known === "string" ? known === to : known.test(to))))
      return null;
    return `${file} imports the package ${to}. ${name} ${place.does}: it makes do with ${place.packages.join(", ") || "no package"}.`;
  }
  if (isIn(to, name) || place.may.some((other) => isIn(to, other))) return null;
  if (types && place.mayTypes?.some((other) => isIn(to, other))) return null;
  if (place.also?.[`${file} → ${to}`]) return null;
  const wanted = [...place.may, ...(place.mayTypes ?? []).map((other) => `types of ${other}`)].join(", ");
  return `${file} imports ${to}. ${name} ${place.does}: it may import ${wanted || "nothing of the project"}. What needs both belongs in ${whoMay(name, to) || "a place that may import both, or comes in as an argument"}.`;
}

function whoMay(one: string, other: string): string {
  return Object.entries(places)
    .filter(([, { may }]) => may.some((place) => isIn(other, place)) && may.includes(one))
    .map(([name]) => name)
    .join(" or ");
}

describe("imports", () => {
  test("the reader of imports finds what there is", () => {
    expect(imports).toContainEqual({ file: "lib/engine/process.ts", to: "lib/env.ts", types: false });
    expect(imports).toContainEqual({ file: "lib/env.ts", to: "lib/log/keys.ts", types: true });
    expect(imports).toContainEqual({ file: "lib/db.ts", to: "prisma/client/client", types: false });
    expect(imports).toContainEqual({ file: "lib/engine/rebuild.ts", to: "pg", types: false });
    expect(imports).toContainEqual({ file: "lib/engine/rebuild.ts", to: "lib/log/body.ts", types: true });
    expect(imports.filter(({ file }) => file.startsWith("lib/")).length).toBeGreaterThan(150);
  });

  test("every shipped file stands in a place that is described", () => {
    expect(shipped.filter((file) => !placeOf(file))).toEqual([]);
  });

  test("each place imports what it may and nothing else", () => {
    const wrong = imports.filter(({ file }) => placeOf(file)).map(wrongImport);
    expect(wrong.filter(Boolean)).toEqual([]);
  });

  test("every exception in the table is still needed", () => {
    const made = new Set(imports.map(({ file, to }) => `${file} → ${to}`));
    const listed = Object.values(places).flatMap(({ also }) => Object.keys(also ?? {}));
    expect(listed.filter((exception) => !made.has(exception))).toEqual([]);
  });

  test("the reasons are explained when something is in the wrong place", () => {
    const wrong = (file: string, to: string, types = false) => wrongImport({ file, to, types });
    expect(wrong("lib/queries/order.ts", "lib/engine/execute.ts")).toBe(
      "lib/queries/order.ts imports lib/engine/execute.ts. lib/queries reads, for an AuthorizedActor, with explicit arguments: it may import lib/domain, lib/log, lib/db.ts. What needs both belongs in app.",
    );
    expect(wrong("lib/domain/order.ts", "node:crypto")).toContain("imports the package node:crypto");
    expect(wrong("components/badge.tsx", "lib/db.ts")).toContain("come as props");
    expect(wrong("lib/web/action.ts", "lib/engine/execute.ts")).toContain("types of lib/engine");
    expect(wrong("lib/web/action.ts", "lib/engine/execute.ts", true)).toBeNull();
  });
});

describe("who may do what only one may", () => {
  const onlyIn = (pattern: RegExp, allowed: (file: string) => boolean) =>
    shipped.filter((file) => !file.startsWith("e2e/") && pattern.test(codeOf(file)) && !allowed(file));

  test("only lib/env.ts reads process.env", () => {
    expect(onlyIn(/\bprocess\s*\.\s*env\b|\bprocess\[/, (file) => file === "lib/env.ts")).toEqual([]);
  });

  test("only lib/clock.ts reads the wall clock in lib and app, and a component only to follow the server's", () => {
    const wallClock = /\bDate\.now\b|\bnew Date\(\s*\)|\bTemporal\.Now\b|(?<!new )\bDate\(\s*\)/;
    const readers = ["lib/clock.ts", "components/server-clock.ts"];
    expect(onlyIn(wallClock, (file) => readers.includes(file))).toEqual([]);
    expect(readers.filter((file) => !wallClock.test(codeOf(file)))).toEqual([]);
  });

  test("how long something took is measured where there is a budget, a shelf life or a report, and decides nothing", () => {
    const measurers = ["lib/engine/scheduler.ts", "lib/engine/backlog.ts", "lib/engine/rebuild.ts"];
    expect(onlyIn(/\bperformance\.now\b|\bhrtime\b/, (file) => measurers.includes(file))).toEqual([]);
  });

  test("domain and log know no chance and no waiting", () => {
    const impure = /\bMath\.random\b|\brandomBytes\b|\brandomUUID\b|\bsetTimeout\b|\bsetInterval\b|\bfetch\(/;
    expect(shipped.filter((file) => /^lib\/(domain|log)\//.test(file) && impure.test(codeOf(file)))).toEqual(
      [],
    );
  });

  test("actors are minted by lib/auth and the engine's system actors alone", () => {
    // Where it is defined; and the bench, whose people exist on a server of its own.
    const others = ["lib/domain/authority.ts", "scripts/bench.ts"];
    const minters = (file: string) => file.startsWith("lib/auth/") || file === "lib/engine/system-actor.ts";
    expect(
      sources.filter(
        (file) =>
          /\bmintActor\b/.test(codeOf(file)) &&
          !minters(file) &&
          !isTest(file) &&
          !/^scripts\/(testing|simulation)\//.test(file) &&
          !others.includes(file),
      ),
    ).toEqual([]);
  });

  test("system actors stay with the engine and with commands an operator runs: no request can get one", () => {
    const users = imports.filter(({ to }) => to === "lib/engine/system-actor.ts").map(({ file }) => file);
    expect(users.length).toBeGreaterThan(3);
    expect(users.filter((file) => !/^(lib\/engine|scripts)\//.test(file))).toEqual([]);
  });

  test("the database is written through the engine: no screen or query sends a statement that changes the log's tables", () => {
    const writes =
      /\b(INSERT INTO|UPDATE|DELETE FROM|TRUNCATE)\s+(event|orders|task|timer|effect|person|api_key|stream_head|command|workspace_head)\b/;
    expect(
      shipped.filter(
        (file) => /^(app|components|lib\/(queries|audit|auth|web))\//.test(file) && writes.test(codeOf(file)),
      ),
    ).toEqual([]);
  });
});

describe("names", () => {
  const vague = /^(utils?|helpers?|common|shared|services?|repositor(y|ies)|managers?|types|misc|constants)$/;

  test("no folder or file has a name that says nothing", () => {
    const said = sources.filter((file) =>
      file.split("/").some((part) => vague.test(part.replace(/(\.\w+)+$/, ""))),
    );
    expect(said).toEqual([]);
  });

  test("no barrels: what is imported is imported from where it is", () => {
    expect(sources.filter((file) => /^index\.tsx?$/.test(basename(file)))).toEqual([]);
    const passesOn = /^export\s+(\*|\{[^}]*\})\s+from\b/m;
    // Next wants a route's handlers exported from a file of this name.
    const passing = sources.filter((file) => basename(file) !== "route.ts" && passesOn.test(codeOf(file)));
    expect(passing).toEqual([]);
  });

  test("lib has the folders and files it is described to have", () => {
    const entries = readdirSync(join(root, "lib"), { withFileTypes: true })
      .filter(({ name }) => !isTest(name))
      .map(({ name }) => `lib/${name}`)
      .sort();
    expect(entries).toEqual(
      Object.keys(places)
        .filter((place) => place.startsWith("lib/"))
        .sort(),
    );
  });
});

describe("what a compiler has to see", () => {
  test.each([
    "lib/domain/order.ts",
    "lib/domain/decide-order.ts",
    "lib/domain/decide-task.ts",
    "lib/domain/decide-effect.ts",
    "lib/queries/sentences.ts",
  ])(
    "no switch in %s has a default: a new event or command must not compile before it has its case",
    (file) => {
      expect(codeOf(file)).toMatch(/\bswitch \(/);
      expect(codeOf(file)).not.toMatch(/^\s*default:/m);
    },
  );
});

describe("the lockfile", () => {
  type Entry = { version?: string; resolved?: string; optionalDependencies?: Record<string, string> };
  const locked: Record<string, Entry> = JSON.parse(textOf("package-lock.json")).packages;
  const nameOf = (path: string) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);

  // A lockfile made where a platform's package was not to be had fails on that platform, for everybody.
  test("has every platform's package of every package that asks for them", () => {
    const names = new Set(Object.keys(locked).map(nameOf));
    const missing = Object.entries(locked).flatMap(([path, { optionalDependencies }]) =>
      Object.keys(optionalDependencies ?? {})
        .filter((name) => !names.has(name))
        .map((name) => `${nameOf(path)} asks for ${name}`),
    );
    expect(missing).toEqual([]);
  });

  test.each([
    ["next", "16.4.6"],
    ["tailwindcss", "4.3.5"],
    ["@biomejs/biome", "2.6.8"],
  ])("does not hold %s %s, of which packages are missing", (name, version) => {
    const versions = Object.entries(locked).filter(([path]) => nameOf(path) === name);
    expect(versions.length).toBeGreaterThan(0);
    expect(versions.map(([, entry]) => entry.version)).not.toContain(version);
  });

  test("names no registry, so that everybody's own is asked", () => {
    expect(Object.keys(locked).filter((path) => locked[path]!.resolved?.startsWith("http"))).toEqual([]);
  });
});
