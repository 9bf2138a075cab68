import type { TimeWindow } from '../../src/model/time-window';

const minuteMs = 60_000;
const quarterMs = 15 * minuteMs;
const dayMs = 24 * 60 * minuteMs;
const known = new Map<string, number>();
const formats = new Map<string, Intl.DateTimeFormat>();

function readWall(at: number, timeZone: string): number {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
  formats.set(timeZone, format);
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute);
}

/** What clocks show at an instant, as if it were UTC, by Node's own tables. */
function wallOf(at: number, timeZone: string): number {
  const key = `${timeZone} ${at}`;
  const wall = known.get(key) ?? readWall(at, timeZone);
  known.set(key, wall);
  return wall;
}

/** How far a scan looks ahead. */
export const scannedDays = 12;

/** Which minutes are open, 1 each, from `first` on, which is days before the instant that was asked about. */
type Minutes = { readonly first: number; readonly open: Uint8Array };

/**
 * Walks minute by minute and reads the clock at each: hours open at the first minute that shows their start or later, and
 * close after the first that shows their end.
 */
function openMinutes({ hours, days, freezes, timeZone }: TimeWindow, at: number): Minutes {
  // A full quarter, as those are at which clocks are changed.
  const first = Math.floor(at / quarterMs) * quarterMs - 8 * dayMs;
  const count = (8 + scannedDays) * 24 * 60;
  const walls = new Float64Array(count);
  for (let quarter = 0; quarter * 15 < count; quarter += 1) {
    const wall = wallOf(first + quarter * quarterMs, timeZone);
    for (let minute = 0; minute < 15; minute += 1) walls[quarter * 15 + minute] = wall + minute * minuteMs;
  }
  return { first, open: scanWalls({ walls, hours, days, freezes }) };
}

/** The earliest minute from `at` on at which all windows are open, or at which one is not. */
function scan(windows: readonly TimeWindow[], at: number, isWanted: (open: boolean) => boolean) {
  const all = windows.map((window) => openMinutes(window, at));
  const [{ first, open } = { first: at, open: new Uint8Array() }] = all;
  for (let index = Math.floor((at - first) / minuteMs); index < open.length; index += 1) {
    if (isWanted(all.every((minutes) => minutes.open[index] === 1))) return Math.max(at, first + index * minuteMs);
  }
  return 'not in sight';
}

/** The earliest minute from `at` on at which all windows are open. */
export const scanForCommonOpening = (windows: readonly TimeWindow[], at: number): number | 'not in sight' =>
  scan(windows, at, (open) => open);

/** The earliest minute from `at` on at which one of the windows is closed. */
export const scanForCommonClosing = (windows: readonly TimeWindow[], at: number): number | 'not in sight' =>
  scan(windows, at, (open) => !open);

/** The earliest minute from `at` on at which a window is open. */
export const scanForOpening = (window: TimeWindow, at: number): number | 'not in sight' =>
  scanForCommonOpening([window], at);

type Scan = Pick<TimeWindow, 'hours' | 'days' | 'freezes'> & {
  readonly walls: Float64Array;
};

function scanWalls({ walls, hours, days, freezes }: Scan): Uint8Array {
  const open = new Uint8Array(walls.length);
  const frozen = new Uint8Array(walls.length);
  let latest = -Infinity;
  const latestSoFar = walls.map((wall) => (latest = Math.max(latest, wall)));
  const firstShowing = (wall: number) => {
    let [low, high] = [0, walls.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((latestSoFar[middle] ?? 0) >= wall) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const dates = [
    ...new Set(walls.filter((_wall, index) => index % 15 === 0).map((wall) => Math.floor(wall / dayMs) * dayMs)),
  ];
  const cut = (hours.length === 0 ? [{ from: 0, to: 1439 }] : hours).flatMap(({ from, to }) =>
    from <= to
      ? [{ from, to }]
      : [
          { from: 0, to },
          { from, to: 1439 },
        ],
  );
  const weekday = (date: number) => ((new Date(date).getUTCDay() + 6) % 7) + 1;
  for (const date of dates) {
    if (days.length > 0 && !days.includes(weekday(date))) continue;
    for (const { from, to } of cut) {
      const [start, end] = [firstShowing(date + from * minuteMs), firstShowing(date + to * minuteMs)];
      if (walls[end] === date + to * minuteMs) open.fill(1, start, end + 1);
      else if (start === end) open.fill(1, start, start + to - from + 1);
      else open.fill(1, start, end);
    }
  }
  const freeze = (from: number, to: number) => frozen.fill(1, firstShowing(from), firstShowing(to));
  const utc = (date: string, minute = 0) => Date.parse(`${date}T00:00:00Z`) + minute * minuteMs;
  const monthDay = (year: number, { month, day }: { month: number; day: number }) =>
    Date.UTC(year, month - 1, Math.min(day, new Date(Date.UTC(year, month, 0)).getUTCDate()));
  for (const each of freezes) {
    if (each.every === 'once') freeze(utc(each.from.date, each.from.minute), utc(each.to.date, each.to.minute));
    if (each.every === 'year') {
      for (let year = 2016; year < 2030; year += 1) {
        const from = monthDay(year, each.from);
        const sameYear = each.to.month * 100 + each.to.day >= each.from.month * 100 + each.from.day;
        freeze(from, monthDay(sameYear ? year : year + 1, each.to) + dayMs);
      }
    }
    if (each.every === 'week') {
      for (const date of [Math.min(...dates) - 7 * dayMs, ...dates.flatMap((day) => [day - 7 * dayMs, day])]) {
        if (weekday(date) !== each.from.weekday) continue;
        let until = date + dayMs * ((each.to.weekday - each.from.weekday + 7) % 7) + each.to.minute * minuteMs;
        if (until <= date + each.from.minute * minuteMs) until += 7 * dayMs;
        freeze(date + each.from.minute * minuteMs, until);
      }
    }
  }
  return open.map((isOpen, index) => (isOpen === 1 && frozen[index] === 0 ? 1 : 0));
}
