import type { DatabaseHealth } from "#lib/queries/health";
import { Notice } from "../../components/notice";

/** What keeps the log append-only here, said plainly, and loudly where it is less than it could be. */
export function AppendOnly({ health }: { health: DatabaseHealth }) {
  if (health.database === "unreachable")
    return (
      <Notice kind="warning" title="The database did not answer in time">
        So it is not known what keeps the log append-only.
      </Notice>
    );
  if (health.appendOnly === "trigger alone")
    return (
      <Notice kind="warning" title="The log is append-only by its trigger alone">
        The console is signed in to the database with a role that owns the log, and whoever owns a table can
        switch its trigger off. Run it with a role that may only append: set DATABASE_OWNER_URL beside
        DATABASE_URL.
      </Notice>
    );
  return (
    <p className="text-ink-muted">
      The log is append-only by grants and a trigger: the console's role in the database may add events
      through one function, and may change or remove none.
    </p>
  );
}
