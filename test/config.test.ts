import { readConfig } from '../src/config';

const enough = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: '12345678', SLACK_TEAM_ID: 'T0123ABCD' };
const problemsOf = (environment: Readonly<Record<string, string | undefined>>) => {
  const read = readConfig(environment);
  return 'problems' in read ? read.problems : [];
};

describe('readConfig', () => {
  it('fills in what is not said', () => {
    const read = readConfig(enough);
    expect('config' in read && read.config).toMatchObject({
      slack: { port: 3000, teamId: 'T0123ABCD', signingSecret: '12345678' },
      api: { host: '127.0.0.1', port: 3001 },
      peopleIntervalMs: 300_000,
      logLevel: 'info',
      defaultTimeZone: 'UTC',
    });
  });

  it('takes an empty value for none', () => expect(problemsOf({ ...enough, PORT: '', LOG_LEVEL: '' })).toEqual([]));

  it('names every problem at once, with where to find what is missing', () => {
    const problems = problemsOf({ SLACK_BOT_TOKEN: 'wrong', PORT: '70000', LOG_LEVEL: 'loud' });
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'SLACK_BOT_TOKEN',
      'SLACK_TEAM_ID',
      'PORT',
      'LOG_LEVEL',
      'SLACK_SIGNING_SECRET',
    ]);
    expect(problems[0]).toContain('OAuth & Permissions');
    expect(problems[1]).toContain('is missing');
  });

  it('takes a time zone for windows, and refuses one that there is not', () => {
    const read = readConfig({ ...enough, DEFAULT_TIME_ZONE: 'Europe/Berlin' });
    expect('config' in read && read.config.defaultTimeZone).toBe('Europe/Berlin');
    expect(problemsOf({ ...enough, DEFAULT_TIME_ZONE: 'Berlin' })).toEqual([
      'DEFAULT_TIME_ZONE must be a time zone such as Europe/Berlin or UTC',
    ]);
  });

  it('needs no signing secret with Socket Mode', () => {
    const { SLACK_SIGNING_SECRET: _secret, ...rest } = enough;
    expect(problemsOf({ ...rest, SLACK_APP_TOKEN: 'xapp-1' })).toEqual([]);
    expect(problemsOf(rest)).toEqual([expect.stringContaining('SLACK_APP_TOKEN for Socket Mode')]);
  });

  it('never shows a secret', () =>
    expect(problemsOf({ ...enough, SLACK_BOT_TOKEN: 'very-secret', SLACK_SIGNING_SECRET: 'short' }).join()).not.toMatch(
      /very-secret|short/,
    ));

  it.each([
    ['EXPRESSION_URL_HOSTS', 'expressionUrlHosts'],
    ['WEBHOOK_URL_HOSTS', 'webhookUrlHosts'],
  ] as const)('reads the hosts of %s', (variable, member) => {
    const hostsOf = (text: string) => {
      const read = readConfig({ ...enough, [variable]: text });
      return 'config' in read ? read.config[member] : read.problems;
    };
    expect(hostsOf('')).toBeUndefined();
    expect(hostsOf('config.example.com, .demo.example.com,foo.marathon.mesos')).toEqual([
      'config.example.com',
      '.demo.example.com',
      'foo.marathon.mesos',
    ]);
    const first = (text: string) => {
      const read = hostsOf(text);
      return [read?.[0]];
    };
    for (const wrong of [
      'https://config.example.com',
      'config.example.com:8080',
      'a/b',
      'a.b,,c.d',
      'a b',
      '*',
      '10.0.0.1',
      'localhost',
      'vault.internal',
    ]) {
      expect(first(wrong)).toEqual([expect.stringContaining(`${variable} must list host names`)]);
    }
  });
});
