/** The one reader of the wall clock in `lib`. Times are ISO instants with milliseconds, in UTC. */
export type Clock = { now(): string };

export const wallClock: Clock = { now: () => new Date().toISOString() };
