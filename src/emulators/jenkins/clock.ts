/** What the emulator needs of time: milliseconds since the epoch. Nothing happens between two requests that is not worked out at the next. */
export type EmulatorClock = { readonly now: () => number };

/** The clock of the wall. */
export const systemClock: EmulatorClock = { now: () => Date.now() };
