/**
 * Who looks at which order at the moment, as far as their browsers say so. It is a courtesy and never an authority: kept in
 * memory, passed on to the other processes without being written down, and forgotten when it is not said again in time.
 */

/** One open view of a browser, and the order it shows; null when it shows none any more. */
export type Sighting = { viewer: string; person: string; order: string | null };

/** A browser says it again well before this is over. */
export const sighting_ms = 45_000;
/** Nobody looks at more at once; who says so is not believed beyond this. */
export const viewers_per_person_max = 20;

type Kept = { person: string; order: string; until_ms: number };

export class Presence {
  readonly #kept = new Map<string, Kept>();
  readonly #changed: (order: string, people: readonly string[]) => void;
  readonly #now_ms: () => number;

  /** `changed` is called with everybody who now looks at an order, when these are others than before. */
  constructor(changed: (order: string, people: readonly string[]) => void, now_ms: () => number) {
    this.#changed = changed;
    this.#now_ms = now_ms;
  }

  /** Who looks at this order, by id, each once. */
  people(order: string): string[] {
    const now_ms = this.#now_ms();
    const there = [...this.#kept.values()].filter((kept) => kept.order === order && kept.until_ms > now_ms);
    return [...new Set(there.map(({ person }) => person))].sort();
  }

  /** Somebody's browser said so, to this process or to another. */
  see({ viewer, person, order }: Sighting): void {
    // A browser speaks for who is signed in there alone.
    const key = `${person} ${viewer}`;
    const before = this.#kept.get(key);
    this.#aboutOrders([before?.order, order ?? undefined], () => {
      this.#kept.delete(key);
      if (order !== null) this.#kept.set(key, { person, order, until_ms: this.#now_ms() + sighting_ms });
      const own = [...this.#kept].filter(([, kept]) => kept.person === person);
      for (const [oldest] of own.slice(0, Math.max(0, own.length - viewers_per_person_max)))
        this.#kept.delete(oldest);
    });
  }

  /** Forgets what was not said again in time; to be called now and then. */
  forget(): void {
    const now_ms = this.#now_ms();
    const over = [...this.#kept].filter(([, { until_ms }]) => until_ms <= now_ms);
    for (const [key] of over) this.#kept.delete(key);
    for (const order of new Set(over.map(([, kept]) => kept.order))) this.#changed(order, this.people(order));
  }

  #aboutOrders(orders: readonly (string | undefined)[], change: () => void): void {
    const about = [...new Set(orders.filter((order) => order !== undefined))];
    const before = about.map((order) => this.people(order).join());
    change();
    about.forEach((order, index) => {
      const people = this.people(order);
      if (people.join() !== before[index]) this.#changed(order, people);
    });
  }
}
