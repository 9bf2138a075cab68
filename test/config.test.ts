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

  describe('of chaos', () => {
    const chaosOf = (said: Readonly<Record<string, string>>) => {
      const read = readConfig({ ...enough, ...said });
      return 'config' in read ? read.config.chaos : read.problems;
    };
    const byDefault = {
      enabled: false,
      leashed: true,
      accounts: [],
      startHour: 9,
      endHour: 15,
      timeZone: 'UTC',
      cardMs: 600_000,
      admins: [],
    };

    it('is off, leashed and without an account by default', () => expect(chaosOf({})).toEqual(byDefault));

    it.each([
      ['CHAOS_ENABLED', 'true', { enabled: true }],
      ['CHAOS_LEASHED', 'false', { leashed: false }],
      ['CHAOS_ACCOUNTS', 'nonprod, prod,', { accounts: ['nonprod', 'prod'] }],
      ['CHAOS_ADMINS', 'sre-oncall,leads', { admins: ['sre-oncall', 'leads'] }],
      ['CHAOS_START_HOUR', '0', { startHour: 0 }],
      ['CHAOS_END_HOUR', '24', { endHour: 24 }],
      ['CHAOS_TIME_ZONE', 'America/New_York', { timeZone: 'America/New_York' }],
      ['DEFAULT_TIME_ZONE', 'Europe/Berlin', { timeZone: 'Europe/Berlin' }],
      ['CHAOS_MAX_APPS', '3', { maxApps: 3 }],
      ['CHAOS_CARD_MINUTES', '2.5', { cardMs: 150_000 }],
    ])('takes %s=%s', (name, value, wanted) => expect(chaosOf({ [name]: value })).toEqual({ ...byDefault, ...wanted }));

    it.each([
      ['CHAOS_ENABLED', 'yes', 'must be true or false'],
      ['CHAOS_LEASHED', 'False', 'must be true or false'],
      ['CHAOS_START_HOUR', '-1', ''],
      ['CHAOS_END_HOUR', '25', ''],
      ['CHAOS_END_HOUR', '9', 'must be later than CHAOS_START_HOUR'],
      ['CHAOS_TIME_ZONE', 'Berlin', 'must be a time zone such as'],
      ['CHAOS_MAX_APPS', '0', ''],
      ['CHAOS_CARD_MINUTES', '0', ''],
    ])('refuses %s=%s', (name, value, message) =>
      expect(chaosOf({ [name]: value })).toEqual([expect.stringContaining(`${name} ${message}`)]),
    );

    it('says what is wrong with an hour that is not given', () =>
      expect(chaosOf({ CHAOS_START_HOUR: '15' })).toEqual(['CHAOS_END_HOUR must be later than CHAOS_START_HOUR']));
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
