import type { Clock } from '../engine/clock';
import type { DefinitionProblem } from '../model/application';
import type { DcosEmulatorChoices, EmulatorChoices } from './emulator-options';
import type { Environment } from './settings';

/** Somewhere to write; a terminal's stream or a test's list. */
export type CliOutput = { write(text: string): unknown; readonly isTTY?: boolean };

/** Somewhere to read answers from; only asked when it is a terminal. */
export type CliInput = NodeJS.ReadableStream & { readonly isTTY?: boolean };

/** A running emulator: its addresses, and the made-up credentials that a bot needs to talk to it. */
export type StartedEmulator = {
  readonly url: string;
  readonly marathonUrl?: string;
  readonly metronomeUrl?: string;
  /** With authentication: a token, and the login that gives another. */
  readonly token?: string;
  readonly uid?: string;
  readonly password?: string;
  /** Whose the token and the password are, of Jenkins. */
  readonly user?: string;
  readonly slackApiUrl?: string;
  readonly botToken?: string;
  readonly appToken?: string;
  readonly signingSecret?: string;
  readonly close: () => Promise<void>;
};

/**
 * Reads definitions, files and folders of them, and says how many files those are and what is wrong in them; `warnings` is what
 * is hardly meant, absent where there is nothing.
 */
export type ValidateFiles = (paths: readonly string[]) => Promise<{
  readonly files: number;
  readonly problems: readonly DefinitionProblem[];
  readonly warnings?: readonly DefinitionProblem[];
}>;

/** Fetches the text behind a URL that an expression names; rejects with words for people. */
export type FetchText = (url: string) => Promise<string>;

/** How the emulators are started; port 0 takes a free one. */
export type EmulatorStarters = {
  readonly dcos: (choices: DcosEmulatorChoices) => Promise<StartedEmulator>;
  readonly slack: (choices: EmulatorChoices) => Promise<StartedEmulator>;
  readonly jenkins: (choices: EmulatorChoices) => Promise<StartedEmulator>;
};

/** Everything the command line touches, so that it can be run as a function. */
export type CliWorld = {
  readonly env: Environment;
  readonly stdout: CliOutput;
  readonly stderr: CliOutput;
  readonly stdin: CliInput;
  readonly clock: Clock;
  readonly validateFiles: ValidateFiles;
  readonly fetchText: FetchText;
  readonly emulators: EmulatorStarters;
  /** Resolves when this process is asked to end (SIGTERM, SIGINT, SIGHUP, SIGQUIT). */
  readonly untilStopped: () => Promise<void>;
  /** How long the bot may take for an answer. @default 10000 */
  readonly requestTimeoutMs?: number;
  /** How long a command may take until it is answered. @default 60000 */
  readonly answerTimeoutMs?: number;
};
