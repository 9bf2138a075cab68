import { createHash } from 'node:crypto';
import type { DocumentStore } from './ports/document-store';
import { readWait, type Wait, type Waiter } from './read-wait';

/** A circle of executions that wait for each other. */
export type Circle = {
  /** The same as before only where everybody in it has waited in between, so that it was there at one moment. */
  readonly key: string;
  /** A sentence for people: why the one that is to give up does. */
  readonly reason: string;
};

/** By the key of who waits. */
type Waits = ReadonlyMap<string, Wait>;

const keyOf = ({ executionId, stageId }: Waiter): string =>
  stageId === undefined ? executionId : `${executionId}/${stageId}`;

/** What somebody waits for, what those wait for, and so on. */
async function readWaits(store: DocumentStore, start: Waiter): Promise<Waits> {
  const waits = new Map<string, Wait>();
  const seen = new Set([keyOf(start)]);
  const left = [start];
  for (let next = left.shift(); next !== undefined; next = left.shift()) {
    const wait = await readWait(store, next);
    if (wait === undefined) continue;
    waits.set(keyOf(next), wait);
    const others = wait.others.filter((other) => !seen.has(keyOf(other)));
    for (const other of others) seen.add(keyOf(other));
    left.push(...others);
  }
  return waits;
}

/** Those of the others that wait themselves; one that has not begun, or begins anew, keeps nothing from others. */
const keptFrom = (waits: Waits, wait: Wait): readonly string[] =>
  wait.others.map(keyOf).filter((key) => {
    const other = waits.get(key);
    return other !== undefined && (wait.for === 'stages' || other.for === 'stages');
  });

const isStuck = (waits: Waits, wait: Wait): boolean => {
  const kept = keptFrom(waits, wait).length;
  return wait.for === 'turn' ? kept > 0 && kept === wait.others.length : kept > 0;
};

/** Those that wait for ever: what is left when all are taken away who can go on, who could go on then, and so on. */
function stuckOf(waits: Waits): Waits {
  const stuck = new Map([...waits].filter(([, wait]) => isStuck(waits, wait)));
  return stuck.size === waits.size ? stuck : stuckOf(stuck);
}

/** The ways from somebody to all that they wait for, the shortest of each, without where they begin. */
function waysFrom(waits: Waits, start: string): ReadonlyMap<string, readonly string[]> {
  const ways = new Map<string, readonly string[]>();
  const left: (readonly string[])[] = [[]];
  for (let way = left.shift(); way !== undefined; way = left.shift()) {
    const wait = waits.get(way.at(-1) ?? start);
    for (const key of wait === undefined ? [] : keptFrom(waits, wait)) {
      if (ways.has(key)) continue;
      const longer = [...way, key];
      ways.set(key, longer);
      left.push(longer);
    }
  }
  return ways;
}

const digestOf = (stuck: Waits, members: readonly string[]): string => {
  const told = members.toSorted().map((key) => [key, stuck.get(key)?.since, stuck.get(key)?.others]);
  return createHash('sha256').update(JSON.stringify(told)).digest('base64url');
};

function reasonOf(stuck: Waits, victim: Wait, way: readonly string[]): string {
  // A stage and its execution are one to people.
  const names = way.filter((key) => !key.includes('/')).map((key) => stuck.get(key)?.name ?? key);
  const [first = ''] = names;
  const what = victim.for === 'cluster' ? `${victim.cluster}, where ${first} works` : `its turn behind ${first}`;
  return `It would wait for ever: it waits for ${what}, which waits for it (${names.join(' → ')}). Start one after the other.`;
}

/**
 * Finds out whether somebody who waits is the one to give up in a circle: the youngest of those that wait for a turn or a
 * cluster, a way back only where all others are one too, and that, with all that they wait for, wait for each other only. Undefined for anybody else, also for one that waits for
 * a circle without being in it: that goes on when the circle is broken. What it reads it reads one after the other, so
 * that only the same key twice says that there is a circle.
 */
export async function findCircle(store: DocumentStore, waiter: Waiter): Promise<Circle | undefined> {
  const stuck = stuckOf(await readWaits(store, waiter));
  const own = keyOf(waiter);
  const wait = stuck.get(own);
  const ways = waysFrom(stuck, own);
  const members = [...ways.keys()];
  const way = ways.get(own);
  if (wait === undefined || way === undefined) return undefined;
  if (!members.every((member) => waysFrom(stuck, member).has(own))) return undefined;
  const waiting = members.filter((member) => stuck.get(member)?.for !== 'stages');
  const forward = waiting.filter((member) => stuck.get(member)?.isWayBack !== true);
  if ((forward.length === 0 ? waiting : forward).toSorted().at(-1) !== own) return undefined;
  return { key: digestOf(stuck, members), reason: reasonOf(stuck, wait, way) };
}
