import type { BusinessCalendar } from "#lib/domain/calendar";
import { type EventRow, eventColumns, readStored, type Store } from "./store";

/** The calendars of these references (`calendar/<name>@<version>`), as they were published. */
export async function calendarsOf(
  { database, keys }: Store,
  references: readonly string[],
): Promise<ReadonlyMap<string, BusinessCalendar>> {
  const wanted = [...new Set(references)].map((reference) => {
    const [stream = "", version = ""] = reference.split("@");
    return { reference, stream, version: Number(version) };
  });
  if (wanted.length === 0) return new Map();
  const rows = await database.$queryRawUnsafe<EventRow[]>(
    `SELECT ${eventColumns} FROM event
     JOIN unnest($2::text[], $3::integer[]) AS wanted (stream, version) USING (stream, version)
     WHERE workspace = $1`,
    keys.workspace,
    wanted.map(({ stream }) => stream),
    wanted.map(({ version }) => version),
  );
  const found = new Map<string, BusinessCalendar>();
  for (const { event } of rows.map(readStored))
    if (event?.type === "calendarPublished")
      found.set(`${event.stream}@${event.version}`, event.data.calendar);
  return found;
}
