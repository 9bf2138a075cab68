import { parseWindow } from '../definitions/parse-window';
import { readYamlSource } from '../definitions/yaml-source';
import { YamlValue } from '../definitions/yaml-value';
import { CoxswainError } from '../model/errors';
import { isTimeZone } from '../model/local-time';
import { firstOpening } from '../model/time-window';
import { CliError, misused } from './cli-error';
import type { CliSession } from './cli-session';
import { exitCodes, type ExitCode } from './exit-codes';
import { parseJsonLine } from './parse-json-line';
import { readLines } from './read-lines';

/** The options of `coxswain window`. */
export type WindowChoices = {
  /** JSON or YAML: ours, or Spinnaker's restrictedExecutionWindow. */
  readonly window?: string;
  /** An ISO instant. @default now */
  readonly at?: string;
  /** Of windows that name none. @default DEFAULT_TIME_ZONE, else UTC */
  readonly timeZone?: string;
  readonly stdin?: boolean;
};

/** `opensAt` is the first open instant from then on, ISO and UTC; null where the window never opens. */
type WindowAnswer = { readonly open: boolean; readonly opensAt: string | null };

const invalid = (message: string): CoxswainError => new CoxswainError('INVALID_INPUT', { message });

function readInstant(text: unknown, now: number): number {
  if (text === undefined || text === null) return now;
  const at =
    typeof text === 'string' && /^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:?\d{2})$/.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(at)) return at;
  throw invalid(`'at' must be an instant with its offset, such as 2026-11-26T09:00:00Z, not ${JSON.stringify(text)}.`);
}

function readZone(text: unknown, otherwise: string): string {
  if (text === undefined || text === null) return otherwise;
  if (typeof text === 'string' && isTimeZone(text)) return text;
  throw invalid(`'timeZone' must be a time zone such as Europe/Berlin or UTC, not ${JSON.stringify(text)}.`);
}

function readWindow(text: string, timeZone: string) {
  const source = readYamlSource('window', text);
  const top = source.document && new YamlValue(source, source.document.contents, 'window');
  const inner = top?.isObject === true ? top.object({ known: undefined })?.get('restrictedExecutionWindow') : undefined;
  const at = inner ?? top;
  const window = at && parseWindow(at, timeZone);
  if (window !== undefined) return window;
  throw invalid(source.problems.map(({ message }) => message).join(' '));
}

function answer(asked: Record<'window' | 'at' | 'timeZone', unknown>, now: number, timeZone: string): WindowAnswer {
  if (asked.window === undefined) throw invalid("There is no 'window'.");
  const text = typeof asked.window === 'string' ? asked.window : JSON.stringify(asked.window);
  const at = readInstant(asked.at, now);
  const opensAt = firstOpening(readWindow(text, readZone(asked.timeZone, timeZone)), at);
  return { open: opensAt === at, opensAt: opensAt === undefined ? null : new Date(opensAt).toISOString() };
}

function answerLine(line: string, now: number, timeZone: string): Record<string, unknown> {
  let id: unknown = null;
  try {
    const asked = parseJsonLine(line);
    id = asked.id ?? null;
    return { id, ...answer({ window: asked.window, at: asked.at, timeZone: asked.timeZone }, now, timeZone) };
  } catch (error) {
    if (!(error instanceof CoxswainError)) throw error;
    return { id, error: error.message };
  }
}

const wordsOf = ({ open, opensAt }: WindowAnswer): string => {
  if (open) return 'It is open.';
  return opensAt === null ? 'It does not open within three years.' : `It is closed, and opens at ${opensAt}.`;
};

function zoneOf({ world }: CliSession): string {
  const zone = world.env.DEFAULT_TIME_ZONE ?? 'UTC';
  if (isTimeZone(zone)) return zone;
  throw misused(`DEFAULT_TIME_ZONE is no time zone: '${zone}'.`, 'Set it to one such as Europe/Berlin, or unset it.');
}

function answerOnce({ window, at, timeZone }: WindowChoices, now: number, zone: string): WindowAnswer {
  try {
    return answer({ window, at, timeZone }, now, zone);
  } catch (error) {
    if (!(error instanceof CoxswainError)) throw error;
    throw new CliError(exitCodes.usage, error.code, { message: error.message, cause: error });
  }
}

/**
 * Says whether an execution window is open at an instant, and when it opens: once, or for each line of standard input. The
 * exit code is 2 where the words cannot be used; lines that cannot are answered with `error`.
 */
export async function windowCommand(session: CliSession, choices: WindowChoices): Promise<ExitCode> {
  const { world } = session;
  const now = world.clock.now();
  if (choices.stdin !== true) {
    if (choices.window === undefined)
      throw misused('There is no window.', `Write --window '{"days":"Mon-Fri","hours":"09:00-16:00"}'.`);
    const found = answerOnce(choices, now, zoneOf(session));
    session.printJson(found);
    session.print([wordsOf(found)]);
    return exitCodes.done;
  }
  if (choices.window !== undefined || choices.at !== undefined)
    throw misused('--stdin takes neither --window nor --at.', 'Write them into the lines.');
  const zone = choices.timeZone ?? zoneOf(session);
  if (!isTimeZone(zone))
    throw misused(`--time-zone ${zone} is no time zone.`, 'Write one such as Europe/Berlin or UTC.');
  for await (const line of readLines(world.stdin as AsyncIterable<string | Buffer>)) {
    if (line.trim() !== '') world.stdout.write(`${JSON.stringify(answerLine(line, now, zone))}\n`);
  }
  return exitCodes.done;
}
