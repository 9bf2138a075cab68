import { homedir } from 'node:os';
import { join } from 'node:path';
import { CliError } from './cli-error';
import { exitCodes } from './exit-codes';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where the bot is and how to prove who asks. */
export type CliSettings = {
  /** The bot's local API, without a slash at the end. */
  readonly url: string;
  /** From COXSWAIN_TOKEN; undefined: look into the credentials file. */
  readonly token: string | undefined;
  readonly credentialsFile: string;
};

/** The bot's local API when COXSWAIN_URL says nothing. */
export const defaultBotUrl = 'http://127.0.0.1:3001';

const given = (value: string | undefined) => (value === undefined || value.trim() === '' ? undefined : value.trim());

function botUrl(text: string): string {
  const isWeb = /^https?:\/\/[^\s/]/.test(text) && URL.canParse(text);
  if (isWeb) return text.replace(/\/+$/, '');
  throw new CliError(exitCodes.usage, 'INVALID_INPUT', {
    message: `COXSWAIN_URL is not a web address: '${text}'.`,
    advice: `Give one such as ${defaultBotUrl}.`,
  });
}

function tokenOf(text: string | undefined): string | undefined {
  if (text === undefined || /^[\x21-\x7e]{1,512}$/.test(text)) return text;
  throw new CliError(exitCodes.notLoggedIn, 'UNAUTHORIZED', {
    message: 'COXSWAIN_TOKEN holds characters that no token has.',
    advice: 'Set it again, without quotes or blanks inside, or unset it and run `coxswain login`.',
  });
}

/** The settings of the command line: COXSWAIN_URL, COXSWAIN_TOKEN, and XDG_CONFIG_HOME for the credentials file. */
export function readCliSettings(env: Environment): CliSettings {
  const configHome = given(env.XDG_CONFIG_HOME) ?? join(given(env.HOME) ?? homedir(), '.config');
  return {
    url: botUrl(given(env.COXSWAIN_URL) ?? defaultBotUrl),
    token: tokenOf(given(env.COXSWAIN_TOKEN)),
    credentialsFile: join(configHome, 'coxswain', 'credentials.json'),
  };
}
