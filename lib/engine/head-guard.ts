import type { Database } from "../db";
import { folderOf, type Head, type HeadNote, readHeadNote, writeHeadNote } from "./head-note";

/**
 * Whether this process may send anything outside: not when the log is not the one that was noted here. A log that was put back
 * from a backup has forgotten what was sent since, and a copy of the database would send a second time what the original
 * sends.
 *
 * It looks before anything is sent, then every second. Where the log goes on from the note, the note is moved up to it;
 * otherwise effects stay INTENDED until `npm run log:adopt` says that the log is to be taken as it is. While the database or
 * the note cannot be read nothing is sent either. A note that cannot be written stays where it is and holds nothing up: it
 * is then older than it could be, and true.
 */
export type Standing = { sends: boolean; why: string };

const look_ms = 1_000;

export class HeadGuard {
  #standing: Standing = { sends: false, why: "The log has not been compared with its head note yet." };
  #unwritable: string | null = null;
  #tell: (standing: Standing) => void = () => {};
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;

  /** `path` is where the note is; null when nobody has said. */
  constructor(
    readonly database: Database,
    readonly workspace: string,
    readonly path: string | null,
  ) {}

  /** Why nothing is sent; null when it may be. */
  get held(): string | null {
    return this.#standing.sends ? null : this.#standing.why;
  }

  /** Has `tell` told how it stands, and each time that changes. */
  watch(tell: (standing: Standing) => void): void {
    this.#tell = tell;
    tell(this.#standing);
  }

  /** Looks once. Throws when the log or the note cannot be read, and nothing is sent then. */
  async look(): Promise<void> {
    let seen: Seen;
    try {
      seen = await see(this.database, this.workspace, this.path);
    } catch (error) {
      this.#stand({ sends: false, why: "The log cannot be compared with its head note at this moment." });
      throw error;
    }
    const judged = judge(seen);
    const moved =
      seen.note === null || (seen.note !== "unreadable" && seen.note.head?.pos !== seen.head?.pos);
    if (judged.sends && moved && this.path && seen.installation) {
      const { installation, workspace, folder, head } = seen;
      this.#unwritable = await writeHeadNote(this.path, { installation, workspace, folder, head }).then(
        () => null,
        (error) => `The head note cannot be written (${error.code ?? error.message}), and stays as it was.`,
      );
    }
    this.#stand({ ...judged, why: [judged.why, this.#unwritable].filter(Boolean).join(" ") });
  }

  /** Goes on looking. What fails is tried again at the next look. */
  keep(): void {
    this.#timer = setInterval(() => {
      this.#looking ??= this.look()
        .catch(() => {})
        .finally(() => {
          this.#looking = null;
        });
    }, look_ms);
    this.#timer.unref();
  }

  /** Looks for the last time, so that the note is as new as the log. */
  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    await this.#looking;
    await this.look().catch(() => {});
  }

  #stand(standing: Standing): void {
    const before = this.#standing;
    this.#standing = standing;
    if (before.sends !== standing.sends || before.why !== standing.why) this.#tell(standing);
  }
}

/** What there is to compare. */
export type Seen = {
  workspace: string;
  path: string | null;
  note: HeadNote | "unreadable" | null;
  /** Of the folder the note is in, or would be. */
  folder: string;
  /** The database's; null when it was given none. */
  installation: string | null;
  /** The log's last event, and the leaf of the event at the note's position. */
  head: Head | null;
  leafAtNote: string | null;
};

/** Reads the note first: whatever it says was in the log before, and so must be there now. */
export async function see(database: Database, workspace: string, path: string | null): Promise<Seen> {
  const note = path === null ? null : await readHeadNote(path);
  const folder = path === null ? "" : await folderOf(path);
  const noted = note === null || note === "unreadable" ? undefined : note.head?.pos;
  const [row] = await database.$queryRawUnsafe<
    { installation: string | null; pos: bigint | null; leaf: string | null; noted: string | null }[]
  >(
    `SELECT h.installation, last.pos, last.leaf,
       (SELECT encode(leaf, 'hex') FROM event WHERE workspace = $1 AND pos = $2::bigint) AS noted
     FROM (SELECT 1) one
     LEFT JOIN workspace_head h ON h.workspace = $1
     LEFT JOIN LATERAL (SELECT pos, encode(leaf, 'hex') AS leaf FROM event WHERE workspace = $1
       ORDER BY pos DESC LIMIT 1) last ON true`,
    workspace,
    noted ?? null,
  );
  const { installation, pos, leaf } = row!;
  const head = pos === null ? null : { pos: Number(pos), leaf: leaf! };
  return { workspace, path, note, folder, installation, head, leafAtNote: row!.noted };
}

const adopt =
  "Effects stay INTENDED. Once it is certain that nothing is sent which another has sent or sends: npm run log:adopt -- --reason …";

/**
 * Whether what is seen is the log that was noted.
 *
 * A database gets its installation when `npm start` first sees it, and its note in the same moment. From then on a
 * missing note is no beginning: it was lost, or this is a copy that was taken elsewhere. Nobody can tell which, so nothing is
 * sent; a wrong no costs one command, a wrong yes a second dispatch. Only a log without any event has nothing to send twice.
 */
export function judge(seen: Seen): Standing {
  const { note, path, installation, head } = seen;
  const no = (why: string): Standing => ({ sends: false, why: `${why} ${adopt}` });
  if (note === "unreadable") return no("What stands where the head note belongs cannot be read as one.");
  if (note === null) {
    if (installation === null)
      return {
        sends: true,
        why: "How far the log goes is not noted yet (npm start begins with it): a restored backup or a copy of the database would not be known.",
      };
    if (path === null)
      return {
        sends: false,
        why: "HOLDPOINT_HEAD_FILE does not say where the head note is, and this database has one. Effects stay INTENDED until it does.",
      };
    if (head === null) return { sends: true, why: "The log is empty, and its head note is begun." };
    return no("The head note is missing: it was lost, or this database is a copy of another one.");
  }
  if (note.workspace !== seen.workspace) return no(`The head note is of the workspace ${note.workspace}.`);
  if (note.installation !== installation)
    return no("The head note is of another installation: one of them is a copy, or was made anew.");
  if (note.folder !== seen.folder)
    return no("The head note was written in another folder: this one is a copy of it.");
  if (note.head && (head === null || head.pos < note.head.pos))
    return no(
      `The log ends ${head ? `at position ${head.pos}` : "before its first event"}, and position ${note.head.pos} was noted: it was put back from an older backup.`,
    );
  if (note.head && seen.leafAtNote !== note.head.leaf)
    return no(
      `The event at position ${note.head.pos} is not the one that was noted: this log has another history.`,
    );
  return { sends: true, why: "The log goes on from its head note." };
}
