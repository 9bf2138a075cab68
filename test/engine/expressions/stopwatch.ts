const text = JSON.stringify(Array.from({ length: 20_000 }, (_, index) => ({ index, name: `entry ${index}` })));

/** What reading `text` takes on a quiet machine of the kind the limits were set on, in ms. */
const usualMs = 8;

/** The time of the processor that `act` takes, in ms: what others do on the machine meanwhile is not in it. */
export function processorTime(act: () => unknown): number {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** A limit for a quiet machine, in ms, and as much more as this one is slower just now. */
export function limitHere(ms: number): number {
  const tries = Array.from({ length: 3 }, () => processorTime(() => JSON.parse(text) as unknown));
  return ms * Math.max(1, Math.min(...tries) / usualMs);
}
