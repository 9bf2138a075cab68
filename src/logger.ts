import { pino } from 'pino';
import type { CoxswainError } from './model/errors';

/** Fields first, then a constant sentence. */
export type Logger = {
  readonly debug: (fields: object, message: string) => void;
  readonly info: (fields: object, message: string) => void;
  readonly warn: (fields: object, message: string) => void;
  readonly error: (fields: object, message: string) => void;
};

const secretNames = [
  ...['token', 'botToken', 'appToken', 'signingSecret', 'authorization', 'password', 'privateKey', 'responseUrl'],
];
const secretPaths = secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** JSON lines on standard error; fields that hold secrets are blotted out. */
export const createLogger = (level: string, name: string): Logger =>
  pino({ level, name, redact: secretPaths }, pino.destination({ fd: 2, sync: true }));

/** Says which documents a store passes over, as one written by a newer build. */
export const logUnreadable =
  (logger: Logger) =>
  ({ code, message, fields }: CoxswainError): void =>
    logger.error({ code, error: message, ...fields }, 'A document is left alone, as this version cannot read it');
