import type { AuditEntry } from '../../model/audit';
import type { AuditEnd, AuditLine } from './audit-line';

/** Which entry of a chain. */
export type AuditPosition = { readonly day: string; readonly seq: number };

/** The first entry of a chain at which it is not as it was written. */
export type AuditProblem = {
  readonly chain: string;
  /** Undefined where not even the day can be told. */
  readonly at: AuditPosition | undefined;
  readonly kind: 'tampered' | 'cut' | 'reordered' | 'inserted';
};

/** What a verification came to: all chains in their order, with how many entries were read of each. */
export type Verification = {
  readonly chains: readonly { readonly chain: string; readonly entries: number }[];
  readonly problems: readonly AuditProblem[];
};

type Fault = Pick<AuditProblem, 'at' | 'kind'>;

const positionOf = ({ day, seq }: AuditPosition): AuditPosition => ({ day, seq });
const isAt = (one: AuditPosition | undefined, other: AuditPosition | undefined): boolean =>
  one !== undefined && one.day === other?.day && one.seq === other.seq;
const isBefore = (one: AuditPosition, other: AuditPosition): boolean =>
  one.day < other.day || (one.day === other.day && one.seq < other.seq);

/** The entry that an entry says it follows; undefined for the first of all. */
const before = ({ day, seq, follows }: AuditEntry): AuditPosition | undefined =>
  seq > 1 ? { day, seq: seq - 1 } : follows;

const after = ({ day, seq }: AuditPosition): AuditPosition => ({ day, seq: seq + 1 });

/** Whether an entry stands behind another, as far as their places tell. */
const isNext = (entry: AuditEntry, last: AuditEntry): boolean => isAt(before(entry), last);

/** Whether an entry takes up the very entry before it. */
const isLinked = (entry: AuditEntry, last: AuditEntry): boolean => isNext(entry, last) && entry.previous === last.hash;

/** The entry that stands before a line, as the line says. */
function beforeLine(line: AuditLine | undefined): AuditPosition | undefined {
  if (line?.type === 'entry') return before(line.entry);
  return line?.type === 'end' && line.end.day !== undefined ? { day: line.end.day, seq: line.end.seq } : undefined;
}

/** What is broken stands where the line after it says, or behind the last good entry. */
function placeBroken(last: AuditEntry | undefined, next: AuditLine | undefined): Fault {
  const place = beforeLine(next);
  const isExtra = isAt(last, place) && (next?.type !== 'entry' || next.entry.previous === last?.hash);
  if (isExtra && last !== undefined)
    return { kind: 'inserted', at: next?.type === 'entry' ? positionOf(next.entry) : after(last) };
  if (place === undefined && next?.type === 'entry') return { kind: 'inserted', at: positionOf(next.entry) };
  return { kind: 'tampered', at: place ?? (last && after(last)) };
}

/** The first entry that is missing between the last good one and one that comes too early. */
function missingBefore(entry: AuditEntry, last: AuditEntry | undefined): AuditPosition {
  if (last?.day === entry.day) return after(last);
  if (entry.seq > 1) return { day: entry.day, seq: 1 };
  const { follows } = entry;
  if (last === undefined || follows === undefined) return follows ?? positionOf(entry);
  return follows.day === last.day ? after(last) : { day: follows.day, seq: 1 };
}

/** Of two entries whose link does not hold, the one whose other neighbour does not stand by it. */
function judgeLink(entry: AuditEntry, last: AuditEntry, next: AuditLine | undefined): Fault {
  const isAttested =
    (next?.type === 'entry' && isLinked(next.entry, entry)) || (next?.type === 'end' && next.end.hash === entry.hash);
  return { kind: 'tampered', at: positionOf(isAttested ? last : entry) };
}

/** The place that an entry has taken, where the line after it belongs before it; undefined where that is not so. */
function takenPlace(entry: AuditEntry, next: AuditLine | undefined): AuditPosition | undefined {
  if (next?.type !== 'entry' || !isBefore(next.entry, entry) || next.entry.previous === entry.hash) return undefined;
  return before(next.entry) ?? positionOf(next.entry);
}

/** What is wrong with an entry that does not stand behind the last good one. */
function judgeStray(entry: AuditEntry, last: AuditEntry, next: AuditLine | undefined): Fault {
  // The line after it leaves room for one entry: this is what that has become.
  if (isAt(beforeLine(next), after(last))) return { kind: 'tampered', at: after(last) };
  if (!isBefore(last, entry)) return { kind: 'inserted', at: positionOf(entry) };
  const taken = takenPlace(entry, next);
  const missing = taken !== undefined && isBefore(last, taken) ? taken : missingBefore(entry, last);
  // Its own word for what it follows is no use: it contradicts what was read.
  return isBefore(last, missing) ? { kind: 'cut', at: missing } : { kind: 'tampered', at: positionOf(entry) };
}

/** What is wrong with a good entry in its place; undefined where nothing is. */
function judgeEntry(entry: AuditEntry, last: AuditEntry | undefined, next: AuditLine | undefined): Fault | undefined {
  if (last !== undefined && isNext(entry, last))
    return entry.previous === last.hash ? undefined : judgeLink(entry, last, next);
  if (last !== undefined) return judgeStray(entry, last, next);
  const taken = takenPlace(entry, next);
  if (taken !== undefined) return { kind: 'cut', at: taken };
  return entry.seq === 1 ? undefined : { kind: 'cut', at: missingBefore(entry, undefined) };
}

/** Whether the days before the first entry were asked for as well. */
const lacksBeginning = ({ follows }: AuditEntry, { from }: AuditEnd): boolean =>
  follows !== undefined && (from === undefined || follows.day >= from);

function judgeEmpty({ from, day, seq }: AuditEnd): Fault | undefined {
  const isEmpty = seq === 0 || day === undefined || (from !== undefined && day < from);
  return isEmpty ? undefined : { kind: 'cut', at: { day, seq: 1 } };
}

/** What is wrong with the end of a chain; undefined where nothing is. */
function judgeEnd(end: AuditEnd, first: AuditEntry | undefined, last: AuditEntry | undefined): Fault | undefined {
  if (first === undefined || last === undefined) return judgeEmpty(end);
  if (lacksBeginning(first, end)) return { kind: 'cut', at: first.follows };
  const { day = '', seq, hash } = end;
  if (isAt(last, { day, seq })) return hash === last.hash ? undefined : { kind: 'tampered', at: positionOf(last) };
  return isBefore({ day, seq }, last) ? { kind: 'inserted', at: positionOf(last) } : { kind: 'cut', at: after(last) };
}

/** Follows one chain through an export, entry by entry. */
class ChainCheck {
  readonly chain: string;
  entries = 0;
  fault: Fault | undefined;
  #first: AuditEntry | undefined;
  #last: AuditEntry | undefined;

  constructor(chain: string) {
    this.chain = chain;
  }

  take(line: AuditLine, next: AuditLine | undefined): void {
    if (line.type !== 'end') this.entries += 1;
    if (this.fault !== undefined) this.#lookForMissing(line);
    else if (line.type === 'end') this.fault = judgeEnd(line.end, this.#first, this.#last);
    else if (line.type === 'broken') this.fault = placeBroken(this.#last, next);
    else this.#takeEntry(line.entry, next);
  }

  /** The chain has no end: whatever came after its last entry is gone. */
  breakOff(): void {
    this.fault ??= { kind: 'cut', at: this.#last && after(this.#last) };
  }

  #takeEntry(entry: AuditEntry, next: AuditLine | undefined): void {
    this.fault = judgeEntry(entry, this.#last, next);
    this.#first ??= entry;
    this.#last = entry;
  }

  /** What is missing in its place and comes later was moved. */
  #lookForMissing(line: AuditLine): void {
    if (this.fault === undefined || this.fault.kind === 'inserted') return;
    if (line.type === 'entry' && isAt(line.entry, this.fault.at)) this.fault = { ...this.fault, kind: 'reordered' };
  }
}

const chainIn = (line: AuditLine | undefined): string | undefined => {
  if (line?.type === 'entry') return line.entry.chain;
  return line?.type === 'end' ? line.end.chain : undefined;
};

/**
 * Checks chains as an export has them, one after the other, each up to its end; only a few lines are held at a time. Names the
 * first entry of each chain that was changed, is missing, was moved or was put in. Somebody who can write the whole log may
 * compute it anew from any entry on: that shows only against an earlier export.
 */
export function createVerifier() {
  const done: ChainCheck[] = [];
  let current: ChainCheck | undefined;
  let held: AuditLine | undefined;
  const close = (): void => {
    if (current !== undefined) done.push(current);
    current = undefined;
  };
  const enter = (chain: string): ChainCheck => {
    if (current !== undefined && current.chain !== chain) {
      current.breakOff();
      close();
    }
    return (current ??= new ChainCheck(chain));
  };
  const take = (line: AuditLine, next: AuditLine | undefined): void => {
    enter(chainIn(line) ?? current?.chain ?? chainIn(next) ?? '').take(line, next);
    if (line.type === 'end') close();
  };
  return {
    take: (line: AuditLine): void => {
      if (held !== undefined) take(held, line);
      held = line;
    },
    end: (): Verification => {
      if (held !== undefined) take(held, undefined);
      held = undefined;
      current?.breakOff();
      close();
      return {
        chains: done.map(({ chain, entries }) => ({ chain, entries })),
        problems: done.flatMap(({ chain, fault }) => (fault === undefined ? [] : [{ chain, ...fault }])),
      };
    },
  };
}
