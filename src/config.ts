import { join } from 'node:path';
import { z } from 'zod';
import { checkUrl } from './engine/expressions';
import type { ChaosSettings } from './model/chaos';
import { isTimeZone } from './model/local-time';
import { isSecretHeader } from './http-client/redact';

/** Everything the bot can be told by its environment, checked. Times in milliseconds. */
export type Config = {
  readonly slack: {
    readonly botToken: string;
    readonly signingSecret: string;
    readonly appToken?: string;
    readonly apiUrl?: string;
    readonly teamId: string;
    readonly host: string;
    readonly port: number;
  };
  readonly api: { readonly host: string; readonly port: number };
  /** The SQLite file. */
  readonly databaseFile: string;
  /** Where commands wait until the executor takes them over. */
  readonly inboxFile: string;
  readonly pipelinesFolder: string;
  readonly logLevel: string;
  readonly peopleIntervalMs: number;
  /** Of execution windows that name none. */
  readonly defaultTimeZone: string;
  readonly chaos: ChaosSettings;
  /** The only hosts that URL functions of expressions may fetch from; absent: every host with a public address. */
  readonly expressionUrlHosts?: readonly string[];
  /** The only hosts that webhook stages may send to; absent: every host with a public address. */
  readonly webhookUrlHosts?: readonly string[];
  /** Set: the shared mode was asked for, which this version does not have. */
  readonly redisUrl?: string;
};

const port = z.coerce.number().int().min(0).max(65_535);

/** Why a host may not be listed; undefined where it may. Addresses and names of one label are never reached. */
function refuseUrlHost(entry: string): string | undefined {
  const isName = /^\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i.test(entry);
  if (!isName) return 'is no host name';
  try {
    checkUrl(`https://${entry.startsWith('.') ? `any${entry}` : entry}/`);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const urlHosts = z.string().transform((text, context) => {
  const hosts = text.split(',').map((host) => host.trim());
  for (const host of hosts) {
    const why = refuseUrlHost(host);
    if (why === undefined) continue;
    const message = `must list host names, separated by commas, without 'https://' and ports, such as config.example.com,.demo.example.com. '${host}': ${why}`;
    context.addIssue({ code: 'custom', message });
  }
  return hosts;
});

const timeZone = z.string().refine(isTimeZone, 'must be a time zone such as Europe/Berlin or UTC');

/** `true` or `false`, spelled just so: anything else could mean either. */
const truth = z.enum(['true', 'false'], 'must be true or false').transform((word) => word === 'true');

const words = z.string().transform((text) =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== ''),
);

const chaosSchema = {
  CHAOS_ENABLED: truth.default(false),
  CHAOS_LEASHED: truth.default(true),
  CHAOS_ACCOUNTS: words.default([]),
  CHAOS_START_HOUR: z.coerce.number().int().min(0).max(23).default(9),
  CHAOS_END_HOUR: z.coerce.number().int().min(1).max(24).default(15),
  CHAOS_TIME_ZONE: timeZone.optional(),
  CHAOS_MAX_APPS: z.coerce.number().int().min(1).optional(),
  CHAOS_CARD_MINUTES: z.coerce.number().min(1).default(10),
  CHAOS_ADMINS: words.default([]),
};

const schema = z
  .object({
    ...chaosSchema,
    SLACK_BOT_TOKEN: z.string().startsWith('xoxb-', "must be the bot token that begins with 'xoxb-'"),
    SLACK_SIGNING_SECRET: z.string().min(8, 'must be the signing secret of the app').optional(),
    SLACK_APP_TOKEN: z.string().startsWith('xapp-', "must be the app token that begins with 'xapp-'").optional(),
    SLACK_TEAM_ID: z.string().regex(/^T[A-Z0-9]+$/, "must be the workspace's id, such as T0123ABCD"),
    SLACK_API_URL: z.url().endsWith('/api/', "must end in '/api/'").optional(),
    HOST: z.string().default('0.0.0.0'),
    PORT: port.default(3000),
    API_HOST: z.string().default('127.0.0.1'),
    API_PORT: port.default(3001),
    DATA_FOLDER: z.string().default('.data'),
    PIPELINES_FOLDER: z.string().default('pipelines'),
    LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
    PEOPLE_INTERVAL_SECONDS: z.coerce.number().min(1).default(300),
    DEFAULT_TIME_ZONE: timeZone.default('UTC'),
    EXPRESSION_URL_HOSTS: urlHosts.optional(),
    WEBHOOK_URL_HOSTS: urlHosts.optional(),
    REDIS_URL: z.string().optional(),
  })
  .refine(({ CHAOS_START_HOUR: from, CHAOS_END_HOUR: to }) => from < to, {
    path: ['CHAOS_END_HOUR'],
    message: 'must be later than CHAOS_START_HOUR',
  });

const whereFrom: Readonly<Record<string, string>> = {
  SLACK_BOT_TOKEN: 'api.slack.com/apps → your app → OAuth & Permissions',
  SLACK_SIGNING_SECRET: 'api.slack.com/apps → your app → Basic Information',
  SLACK_APP_TOKEN: 'api.slack.com/apps → your app → Basic Information → App-Level Tokens',
  SLACK_TEAM_ID: 'the part of your Slack address after /client/',
};

/** Checks the environment; either the configuration, or every problem with what to do about it. */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
): { readonly config: Config } | { readonly problems: readonly string[] } {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = schema.safeParse(given);
  const hasWayIn = 'SLACK_SIGNING_SECRET' in given || 'SLACK_APP_TOKEN' in given;
  const noWayIn = hasWayIn
    ? []
    : ['SLACK_SIGNING_SECRET is missing (for HTTP), or give SLACK_APP_TOKEN for Socket Mode'];
  if (parsed.success) return hasWayIn ? { config: toConfig(parsed.data) } : { problems: noWayIn };
  const problems = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    const hint = whereFrom[name] === undefined ? '' : ` (${whereFrom[name]})`;
    // What was compared with its default is not missing.
    const what = name in given || issue.code === 'custom' ? issue.message : 'is missing';
    return `${name} ${what}${hint}`;
  });
  return { problems: [...problems, ...noWayIn] };
}

type Values = z.infer<typeof schema>;

const chaosOf = (values: Values): ChaosSettings => ({
  enabled: values.CHAOS_ENABLED,
  leashed: values.CHAOS_LEASHED,
  accounts: values.CHAOS_ACCOUNTS,
  startHour: values.CHAOS_START_HOUR,
  endHour: values.CHAOS_END_HOUR,
  timeZone: values.CHAOS_TIME_ZONE ?? values.DEFAULT_TIME_ZONE,
  cardMs: values.CHAOS_CARD_MINUTES * 60_000,
  admins: values.CHAOS_ADMINS,
  ...(values.CHAOS_MAX_APPS === undefined ? {} : { maxApps: values.CHAOS_MAX_APPS }),
});

const toConfig = (values: Values): Config => ({
  slack: {
    botToken: values.SLACK_BOT_TOKEN,
    signingSecret: values.SLACK_SIGNING_SECRET ?? '',
    teamId: values.SLACK_TEAM_ID,
    host: values.HOST,
    port: values.PORT,
    ...(values.SLACK_APP_TOKEN === undefined ? {} : { appToken: values.SLACK_APP_TOKEN }),
    ...(values.SLACK_API_URL === undefined ? {} : { apiUrl: values.SLACK_API_URL }),
  },
  api: { host: values.API_HOST, port: values.API_PORT },
  databaseFile: join(values.DATA_FOLDER, 'coxswain.sqlite'),
  inboxFile: join(values.DATA_FOLDER, 'inbox.sqlite'),
  pipelinesFolder: values.PIPELINES_FOLDER,
  logLevel: values.LOG_LEVEL,
  defaultTimeZone: values.DEFAULT_TIME_ZONE,
  chaos: chaosOf(values),
  peopleIntervalMs: values.PEOPLE_INTERVAL_SECONDS * 1000,
  ...(values.EXPRESSION_URL_HOSTS === undefined ? {} : { expressionUrlHosts: values.EXPRESSION_URL_HOSTS }),
  ...(values.WEBHOOK_URL_HOSTS === undefined ? {} : { webhookUrlHosts: values.WEBHOOK_URL_HOSTS }),
  ...(values.REDIS_URL === undefined ? {} : { redisUrl: values.REDIS_URL }),
});

const shortestSecret = 8;
const isSecretName = (name: string): boolean =>
  isSecretHeader(name.replaceAll('_', '-')) || /pass|key$|auth/i.test(name);

/** The values of variables whose names say that they are secret; what is shorter than 8 characters would hide common words. */
export const secretValues = (environment: Readonly<Record<string, string | undefined>>): readonly string[] =>
  Object.entries(environment).flatMap(([name, value = '']) =>
    isSecretName(name) && value.length >= shortestSecret ? [value] : [],
  );

/** The environment itself, for what is handed on to child processes and definitions. */
export const processEnvironment: Readonly<Record<string, string | undefined>> = process.env;
