import { join } from 'node:path';
import { z } from 'zod';
import { checkUrl } from './engine/expressions';
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

const schema = z.object({
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
  DEFAULT_TIME_ZONE: z.string().refine(isTimeZone, 'must be a time zone such as Europe/Berlin or UTC').default('UTC'),
  EXPRESSION_URL_HOSTS: urlHosts.optional(),
  WEBHOOK_URL_HOSTS: urlHosts.optional(),
  REDIS_URL: z.string().optional(),
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
    const what = name in given ? issue.message : 'is missing';
    return `${name} ${what}${hint}`;
  });
  return { problems: [...problems, ...noWayIn] };
}

const toConfig = (values: z.infer<typeof schema>): Config => ({
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
