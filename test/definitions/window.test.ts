import { parseWindow } from '../../src/definitions/parse-window';
import { readYamlSource } from '../../src/definitions/yaml-source';
import { YamlValue } from '../../src/definitions/yaml-value';

function parse(text: string) {
  const source = readYamlSource('foo.yaml', text);
  const window = parseWindow(new YamlValue(source, source.document?.contents, 'window'), 'UTC');
  return { window, problems: source.problems.map(({ message }) => message) };
}

describe('a window of a file', () => {
  it('is read in our spelling', () => {
    const text =
      "{ days: 'Mon-Wed, Sun', hours: ['9:00-16:30', '22:00-24:00'], timeZone: Europe/Berlin, jitter: 10m, freeze: ['2026-12-19/2027-01-03'] }";
    expect(parse(text)).toEqual({
      window: {
        days: [1, 2, 3, 7],
        hours: [
          { from: 540, to: 990 },
          { from: 1320, to: 1439 },
        ],
        timeZone: 'Europe/Berlin',
        jitter: { minDelay: 0, maxDelay: 600, skipManual: false },
        freezes: [{ every: 'once', from: { date: '2026-12-19', minute: 0 }, to: { date: '2027-01-04', minute: 0 } }],
      },
      problems: [],
    });
  });

  it('is read in the spelling of Spinnaker', () => {
    const text =
      '{"whitelist":[{"startHour":10,"startMin":0,"endHour":13,"endMin":5}],"days":[2,7,1],"jitter":{"enabled":true,"minDelay":5,"maxDelay":600,"skipManual":true}}';
    expect(parse(text).window).toEqual({
      days: [1, 6, 7],
      hours: [{ from: 600, to: 785 }],
      timeZone: 'UTC',
      jitter: { minDelay: 5, maxDelay: 600, skipManual: true },
      freezes: [],
    });
  });

  it.each([
    ['{ hour: 9 }', "Unknown key 'hour'"],
    ['{ days: Mo-Fri }', "must be days such as 'Mon-Fri'"],
    ['{ days: Mon-Fri-Sun }', "must be days such as 'Mon-Fri'"],
    ['{ days: [0] }', 'must be a whole number from 1 to 7'],
    ["{ hours: '09:00-16:61' }", 'must be two times of the day'],
    ["{ hours: '09:00-24:01' }", 'must be two times of the day'],
    ["{ hours: '24:00-02:00' }", 'begins at 24:00, which is the end of a day. Write 00:00 as its start.'],
    ['{ whitelist: [{ startHour: 24, endHour: 2 }] }', 'begins at 24:00'],
    ["{ hours: '${trigger.hours}' }", 'Write the hours themselves.'],
    ["{ hours: '09:00-10:00', whitelist: [] }", 'two spellings of one field'],
    ['{ whitelist: [{ startHour: 9 }] }', "'endHour' is missing"],
    ['{ whitelist: [{ startHour: 9, endHour: 24, endMin: 30 }] }', 'goes beyond the end of the day'],
    ['{ days: Mon, timeZone: CEST2 }', 'is no time zone'],
    ['{ days: Mon, freeze: [soon] }', 'from/to'],
    ["{ days: Mon, freeze: ['2026-02-30'] }", 'from/to'],
    ["{ days: Mon, freeze: ['2026-12-19/2026-12-01'] }", 'ends before it begins'],
    ["{ days: Mon, freeze: ['Fri 15:00'] }", 'from/to'],
    ["{ days: Mon, freeze: ['Fri 15:00/12-01'] }", 'from/to'],
    ['{ days: Mon, freeze: Fri }', 'must be a list'],
    ['{ days: Mon, jitter: { enabled: true, minDelay: 9, maxDelay: 3 } }', 'is more than maxDelay 3'],
    ['{ days: Mon, jitter: soon }', 'must be a duration'],
    ['{}', 'Incorrect time windows specified'],
    ['{ days: [], whitelist: [] }', 'Incorrect time windows specified'],
  ])('is refused as %s', (text, message) => {
    expect(parse(text)).toEqual({ window: undefined, problems: [expect.stringContaining(message)] });
  });
});
