import { createColors } from 'picocolors';
import type { Colors } from 'picocolors/types';
import { createBotClient, type BotClient } from './bot-client';
import { CliError } from './cli-error';
import type { CliWorld } from './cli-world';
import { loadToken } from './credentials';
import { exitCodes } from './exit-codes';
import { readCliSettings, type CliSettings } from './settings';

/** One run of the command line. */
export type CliSession = {
  readonly world: CliWorld;
  /** JSON documents on stdout instead of words. */
  readonly json: boolean;
  readonly colors: Colors;
  readonly settings: () => CliSettings;
  /** Lines for a person, on stdout; dropped with --json. */
  readonly print: (lines: readonly string[]) => void;
  /** One JSON document on one line; dropped without --json. */
  readonly printJson: (document: object) => void;
  /** A line beside the result, on stderr. */
  readonly note: (line: string) => void;
};

/** A session for the streams of a world. */
export function createSession(world: CliWorld, json: boolean): CliSession {
  const isColored = world.stdout.isTTY === true && (world.env.NO_COLOR ?? '') === '' && !json;
  return {
    world,
    json,
    colors: createColors(isColored),
    settings: () => readCliSettings(world.env),
    print: (lines) => {
      if (!json) lines.forEach((line) => world.stdout.write(`${line}\n`));
    },
    printJson: (document) => {
      if (json) world.stdout.write(`${JSON.stringify(document)}\n`);
    },
    note: (line) => world.stderr.write(`${line}\n`),
  };
}

/** A client with the token of the environment or the credentials file; exit code 4 when there is none. */
export async function connect(session: CliSession): Promise<BotClient> {
  const { url, token, credentialsFile } = session.settings();
  const known = token ?? (await loadToken(credentialsFile, url));
  if (known === undefined) {
    throw new CliError(exitCodes.notLoggedIn, 'UNAUTHORIZED', {
      message: `You are not logged in to the bot at ${url}.`,
      advice: 'Run `coxswain login`, or set COXSWAIN_TOKEN.',
    });
  }
  return createBotClient({ url, token: known, ...timeoutOf(session) });
}

/** The time-out of this session's requests, as an option of the client. */
export const timeoutOf = ({ world }: CliSession): { readonly timeoutMs?: number } =>
  world.requestTimeoutMs === undefined ? {} : { timeoutMs: world.requestTimeoutMs };

/** Resolves after a time of the session's clock. */
export const pause = ({ world }: CliSession, delayMs: number): Promise<void> =>
  new Promise((resolve) => {
    world.clock.after(delayMs, resolve);
  });
