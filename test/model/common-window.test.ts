import { IANAZone } from 'luxon';
import {
  closedAt,
  commonClosing,
  commonOpening,
  writtenClosing,
  type NamedWindow,
} from '../../src/model/common-window';
import { drawWindow, windowOf } from '../support/draw-window';
import { scanForCommonClosing, scanForCommonOpening, scannedDays } from '../support/window-scan';

const named = (...texts: readonly string[]): readonly NamedWindow[] =>
  texts.map((text, index) => ({ of: `window ${index + 1}`, window: windowOf(text, 'Europe/Berlin') }));
const iso = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString());

const office = "{ days: Mon-Fri, hours: '09:00-16:00' }";

/** Twelve hours a day: 00, 02, 04 and so on, or 01, 03, 05. */
function everySecondHour(first: 0 | 1, timeZone = 'Europe/Berlin'): string {
  const starts = Array.from({ length: 12 }, (_each, index) => String(2 * index + first).padStart(2, '0'));
  return JSON.stringify({ hours: starts.map((hour) => `${hour}:00-${hour}:59`), timeZone });
}

describe('several windows', () => {
  it.each([
    [[office], '2026-11-26T12:00:00+01:00', '2026-11-26T12:00:00+01:00'],
    [[office, "{ hours: '14:00-20:00' }"], '2026-11-26T10:00:00+01:00', '2026-11-26T14:00:00+01:00'],
    [[office, "{ hours: '15:00-20:00' }"], '2026-11-26T16:01:00+01:00', '2026-11-27T15:00:00+01:00'],
    [[office, "{ hours: '15:00-20:00' }"], '2026-11-27T16:01:00+01:00', '2026-11-30T15:00:00+01:00'],
    [[office, "{ freeze: ['2026-11-30/2026-12-02'] }"], '2026-11-27T17:00:00+01:00', '2026-12-03T09:00:00+01:00'],
    // An hour that both have only where the clocks of New York are changed, and those of Berlin are not yet.
    [
      ["{ hours: '13:00-13:59' }", "{ hours: '08:00-08:59', timeZone: America/New_York }"],
      '2026-02-01T00:00:00+01:00',
      '2026-03-08T13:00:00+01:00',
    ],
    // Nor is it lost among the many hours that do not meet until then.
    [
      [everySecondHour(1), everySecondHour(0, 'America/New_York')],
      '2026-11-26T00:00:00+01:00',
      '2027-03-14T09:00:00+01:00',
    ],
    [["{ freeze: ['2026-12-01/2029-11-24'] }"], '2026-12-02T00:00:00+01:00', '2029-11-25T00:00:00+01:00'],
    [[], '2026-11-26T12:00:00Z', '2026-11-26T12:00:00Z'],
  ])('%j at %s are first open together at %s', (texts, at, opensAt) => {
    expect(iso(commonOpening(named(...texts), Date.parse(at)))).toBe(iso(Date.parse(opensAt)));
  });

  it('that have no minute in common never open', () => {
    const windows = named("{ hours: '09:00-09:59' }", "{ hours: '10:00-10:59' }");
    expect(commonOpening(windows, Date.parse('2026-11-26T12:00:00Z'))).toBeUndefined();
  });

  it.each([
    [["{ hours: '09:00-10:00' }", "{ hours: '12:00-13:00' }"]],
    [[everySecondHour(0, 'Asia/Tokyo'), everySecondHour(1, 'Asia/Seoul')]],
    [[everySecondHour(0), "{ hours: '00:00-00:59' }", "{ hours: '01:00-01:59', timeZone: Europe/Paris }"]],
    [["{ days: Mon, hours: '09:00-10:00' }", "{ days: Tue, hours: '09:00-10:00' }"]],
    [[everySecondHour(0), JSON.stringify({ freeze: ['Mon 00:00/Thu 00:00', 'Thu 00:00/Mon 00:00'] })]],
    [[everySecondHour(0), JSON.stringify({ freeze: ['01-01/06-30', '07-01/12-31'] })]],
  ])('%j never open, which is known after one walk along three years', (texts) => {
    const windows = named(...texts);
    const offset = jest.spyOn(IANAZone.prototype, 'offset');
    expect(commonOpening(windows, Date.parse('2026-11-26T12:00:00Z'))).toBeUndefined();
    // Once a week for each window, and more where clocks are changed, six times; a zone is slow to ask.
    const asked = offset.mock.calls.length;
    offset.mockRestore();
    expect(asked).toBeLessThan(3000);
  });

  it('say which of them are closed', () => {
    const windows = named(office, "{ hours: '14:00-20:00' }", '{ days: Sun }');
    const closed = closedAt(windows, Date.parse('2026-11-26T10:00:00+01:00'));
    expect(closed.map(({ of }) => of)).toEqual(['window 2', 'window 3']);
  });

  it.each([
    [[office], '2026-11-26T12:00:00+01:00', '2026-11-26T16:01:00+01:00'],
    [[office, "{ hours: '10:00-13:00' }"], '2026-11-26T12:00:00+01:00', '2026-11-26T13:01:00+01:00'],
    [['{ days: Thu-Sat }'], '2026-11-26T12:00:00+01:00', '2026-11-29T00:00:00+01:00'],
    [["{ hours: '22:00-05:00' }"], '2026-11-26T23:00:00+01:00', '2026-11-27T05:01:00+01:00'],
    [["{ freeze: ['Fri 15:00/Mon 08:00'] }"], '2026-11-26T12:00:00+01:00', '2026-11-27T15:00:00+01:00'],
    [["{ freeze: ['12-01/12-02'] }"], '2026-11-26T12:00:00+01:00', '2026-12-01T00:00:00+01:00'],
    [["{ freeze: ['2026-12-19'] }"], '2026-11-26T12:00:00+01:00', undefined],
  ])('%j, open at %s, close first at %s', (texts, at, closesAt) => {
    expect(iso(commonClosing(named(...texts), Date.parse(at)))).toBe(
      closesAt === undefined ? undefined : iso(Date.parse(closesAt)),
    );
  });
});

/** Two windows, each in its zone and one of them perhaps with freezes, and an instant. */
function drawTwo(seed: number) {
  const [one, other] = [drawWindow(2 * seed), drawWindow(2 * seed + 1)];
  const windows = [one, other].map(({ text, zone }) => windowOf(text, zone));
  return { windows, at: one.at, label: `seed ${seed}: ${one.text} in ${one.zone} and ${other.text} in ${other.zone}` };
}

describe('two random windows', () => {
  it.each(Array.from({ length: 6 }, (_each, index) => index))(
    'open and close together where a scan finds it, batch %i of 20',
    (batch) => {
      for (let seed = batch * 20; seed < batch * 20 + 20; seed += 1) {
        const { windows, at, label } = drawTwo(seed);
        const all = windows.map((window, index) => ({ of: String(index), window }));
        const scanned = scanForCommonOpening(windows, at);
        const found = commonOpening(all, at);
        if (scanned === 'not in sight') {
          const isBeyond = (found ?? Infinity) - at >= scannedDays * 86_400_000 - 60_000;
          expect([label, isBeyond]).toEqual([label, true]);
          continue;
        }
        expect([label, iso(found)]).toEqual([label, iso(scanned)]);
        const closing = scanForCommonClosing(windows, scanned);
        const isSoon = closing !== 'not in sight' && closing - scanned < 7 * 86_400_000;
        if (isSoon) expect([label, iso(commonClosing(all, scanned))]).toEqual([label, iso(closing)]);
      }
    },
  );
});

describe('the end of the time in which a window is open', () => {
  const closing = (text: string, from: string): readonly (string | undefined)[] => {
    const windows = named(text);
    const end = commonClosing(windows, Date.parse(from));
    return [iso(end), end === undefined ? undefined : iso(writtenClosing(windows, end))];
  };

  it('is written as the last minute of its hours, also where a freeze is to come', () => {
    const text = "{ hours: '09:00-16:00', freeze: ['Fri 15:00/Mon 06:00'] }";
    expect(closing(text, '2026-11-24T12:00:00+01:00')).toEqual([
      '2026-11-24T15:01:00.000Z',
      '2026-11-24T15:00:00.000Z',
    ]);
  });

  it('is known where a freeze begins in the second week', () => {
    const text = "{ freeze: ['2026-12-02/2026-12-03'] }";
    const start = '2026-12-01T23:00:00.000Z';
    expect(closing(text, '2026-11-24T12:00:00+01:00')).toEqual([start, start]);
  });
});
