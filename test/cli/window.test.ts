import { createManualClock } from '../support/manual-clock';
import { jsonLines, runForTest } from '../support/cli-fixture';

const clock = createManualClock(Date.parse('2026-11-26T08:00:00Z'));
const run = (argv: readonly string[], extra: Partial<Parameters<typeof runForTest>[1]> = {}) =>
  runForTest(['window', ...argv], { clock, ...extra });

const office = '{"days":"Mon-Fri","hours":"09:00-16:00"}';
const spinnakers = '{"whitelist":[{"startHour":10,"startMin":0,"endHour":13,"endMin":0}],"days":[2,3,4,5,6]}';

describe('coxswain window', () => {
  it.each([
    [['--window', office, '--at', '2026-11-26T12:00:00Z'], { open: true, opensAt: '2026-11-26T12:00:00.000Z' }],
    [['--window', office], { open: false, opensAt: '2026-11-26T09:00:00.000Z' }],
    [['--window', office, '--time-zone', 'Europe/Berlin'], { open: true, opensAt: '2026-11-26T08:00:00.000Z' }],
    [
      ['--window', spinnakers, '--at', '2026-11-28T12:00:00+01:00', '--time-zone', 'America/Los_Angeles'],
      { open: false, opensAt: '2026-11-30T18:00:00.000Z' },
    ],
    [
      ['--window', `{"restrictedExecutionWindow":${spinnakers}}`, '--at', '2026-11-27T11:00:00Z'],
      { open: true, opensAt: '2026-11-27T11:00:00.000Z' },
    ],
    [['--window', '{"days":["Sat"],"freeze":["Fri 12:00/Sun 12:00"]}'], { open: false, opensAt: null }],
  ])('answers %j with JSON', async (argv, answer) => {
    const result = await run([...argv, '--json']);
    expect([jsonLines(result.stdout), result.exitCode]).toEqual([[answer], 0]);
  });

  it.each([
    ['2026-11-26T12:00:00Z', 'It is open.\n'],
    ['2026-11-26T17:00:00Z', 'It is closed, and opens at 2026-11-27T09:00:00.000Z.\n'],
  ])('says in words how it is at %s', async (at, words) => {
    expect((await run(['--window', office, '--at', at])).stdout).toBe(words);
  });

  it('takes DEFAULT_TIME_ZONE for a window that names none', async () => {
    const result = await run(['--window', office, '--json'], { env: { DEFAULT_TIME_ZONE: 'Asia/Tokyo' } });
    expect(jsonLines(result.stdout)).toEqual([{ open: false, opensAt: '2026-11-27T00:00:00.000Z' }]);
  });

  it.each([
    [[], 'There is no window.'],
    [['--window', '{"whitelist":[],"days":[]}'], 'Incorrect time windows specified'],
    [['--window', '{"hours":"nine to five"}'], "must be two times of the day such as '09:00-16:00'"],
    [['--window', office, '--at', 'noon'], "'at' must be an instant with its offset"],
    [['--window', office, '--at', '2026-13-26T09:00:00Z'], "'at' must be an instant with its offset"],
    [['--window', office, '--time-zone', 'Mars/Olympus'], "'timeZone' must be a time zone"],
    [['--window', '[1'], 'This is not valid YAML'],
    [['--window', '7'], 'must be a map'],
    [['--stdin', '--window', office], '--stdin takes neither --window nor --at.'],
  ])('refuses %j with 2 and what to do', async (argv, message) => {
    const result = await run(argv);
    expect(result).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining(message) as string });
  });

  it('refuses a DEFAULT_TIME_ZONE that is none', async () => {
    const result = await run(['--window', office], { env: { DEFAULT_TIME_ZONE: 'nowhere' } });
    expect([result.exitCode, result.stderr]).toEqual([2, expect.stringContaining('Europe/Berlin')]);
  });
});

describe('coxswain window --stdin', () => {
  const typed = [
    `{"id":1,"window":${office},"at":"2026-11-26T12:00:00Z","timeZone":"UTC"}`,
    '',
    `{"id":"b","window":${spinnakers},"at":"2026-11-25T13:01:00-08:00","timeZone":"America/Los_Angeles"}`,
    `{"id":3,"window":${JSON.stringify(office)}}`,
    '{"id":4,"window":{"hours":"25:00-26:00"}}',
    '{"id":5}',
    'no JSON',
    '[]',
  ].join('\n');

  it('answers each line in order, and goes on after one that it cannot use', async () => {
    const result = await run(['--stdin'], { typed });
    expect(jsonLines(result.stdout)).toEqual([
      { id: 1, open: true, opensAt: '2026-11-26T12:00:00.000Z' },
      { id: 'b', open: false, opensAt: '2026-11-26T18:00:00.000Z' },
      { id: 3, open: false, opensAt: '2026-11-26T09:00:00.000Z' },
      { id: 4, error: expect.stringContaining("must be two times of the day such as '09:00-16:00'") as string },
      { id: 5, error: "There is no 'window'." },
      { id: null, error: expect.stringContaining('no JSON') as string },
      { id: null, error: 'The line must hold a JSON object.' },
    ]);
    expect(result.exitCode).toBe(0);
  });
});
