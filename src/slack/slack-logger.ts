import { LogLevel, type Logger } from '@slack/bolt';

/** Where messages go: a constant sentence with data beside it. */
export type SlackLogger = {
  readonly info: (data: Readonly<Record<string, unknown>>, message: string) => void;
  readonly warn: (data: Readonly<Record<string, unknown>>, message: string) => void;
  readonly error: (data: Readonly<Record<string, unknown>>, message: string) => void;
};

const words = (parts: readonly unknown[]): string =>
  parts
    .map((part) => (part instanceof Error ? part.message : String(part)))
    .join(' ')
    // Tokens and response URLs are secrets.
    .replace(/x(?:ox[a-z]|app)-[\w-]+/g, '[token]')
    .replace(/https?:\/\/\S+/g, '[url]');

/** Our logger in the form Bolt wants. Debug messages are dropped: they hold whole payloads. */
export const boltLogger = (log: SlackLogger): Logger => ({
  debug: () => undefined,
  info: (...parts) => log.info({ detail: words(parts) }, 'Slack library'),
  warn: (...parts) => log.warn({ detail: words(parts) }, 'Slack library'),
  error: (...parts) => log.error({ detail: words(parts) }, 'Slack library'),
  setLevel: () => undefined,
  getLevel: () => LogLevel.INFO,
  setName: () => undefined,
});
