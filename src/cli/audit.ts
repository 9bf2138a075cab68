import { createReadStream } from 'node:fs';
import { z } from 'zod';
import type { AuditEntry } from '../model/audit';
import { isEntry, parseAuditLine, readAuditLine, type AuditRecord } from '../policy/audit/audit-line';
import { createVerifier, type AuditProblem } from '../policy/audit/verify-chain';
import { exitCodeOf, say, showAnswer } from './await-answer';
import { CliError } from './cli-error';
import { connect, type CliSession } from './cli-session';
import { csvHead, csvLine } from './csv';
import { exitCodes, type ExitCode } from './exit-codes';
import { readLines } from './read-lines';

/** What is to be exported: an application, all that may be read where none is named, and days of UTC. */
export type AuditChoices = { readonly application?: string; readonly from?: string; readonly to?: string };

/** How an export is written. */
export const auditFormats = ['jsonl', 'csv'] as const;

// What is not as it was written is handed on as it is: it is the verification that says so.
const partReply = z.object({ records: z.array(z.custom<AuditRecord>()), next: z.string().optional() });

const plainWord = (word: string): string => `"${word.replaceAll(/["\\]/g, '\\$&')}"`;

const wordsFor = ({ application, from, to }: AuditChoices): string =>
  [
    'audit export',
    ...(application === undefined ? [] : [plainWord(application)]),
    ...(from === undefined ? [] : [`from=${plainWord(from)}`]),
    ...(to === undefined ? [] : [`to=${plainWord(to)}`]),
  ].join(' ');

/** Reads an export part by part; answers an exit code where it was refused. */
async function readParts(
  session: CliSession,
  choices: AuditChoices,
  onRecords: (records: readonly AuditRecord[]) => void,
): Promise<ExitCode> {
  const client = await connect(session);
  const command = await say(session, client, wordsFor(choices));
  const code = exitCodeOf(command);
  if (code !== exitCodes.done) {
    showAnswer(session, command);
    return code;
  }
  const path = `/api/commands/${encodeURIComponent(command.id)}/audit`;
  for (let cursor = ''; ;) {
    const part = await client.get(`${path}${cursor === '' ? '' : `?cursor=${encodeURIComponent(cursor)}`}`, partReply);
    onRecords(part.records);
    if (part.next === undefined) return exitCodes.done;
    cursor = part.next;
  }
}

/** Writes the log to standard output, oldest first: JSON lines that `verify` reads, or CSV for a spreadsheet. */
export async function auditExport(
  session: CliSession,
  choices: AuditChoices & { readonly format: (typeof auditFormats)[number] },
): Promise<ExitCode> {
  const { stdout } = session.world;
  if (choices.format === 'jsonl')
    return readParts(session, choices, (records) =>
      records.forEach((record) => stdout.write(`${JSON.stringify(record)}\n`)),
    );
  let isBegun = false;
  return readParts(session, choices, (records) => {
    if (!isBegun) stdout.write(csvHead);
    isBegun = true;
    const entries: readonly AuditEntry[] = records.filter(isEntry);
    entries.forEach((entry) => stdout.write(csvLine(entry)));
  });
}

const deeds: Readonly<Record<AuditProblem['kind'], string>> = {
  tampered: 'was changed',
  cut: 'is missing',
  reordered: 'is not in its place',
  inserted: 'does not belong there',
};

const placeText = ({ chain, at }: AuditProblem): string =>
  at === undefined ? `the first entry of ${chain || 'the log'}` : `entry ${at.seq} of ${at.day} in ${chain}`;

function conclude(session: CliSession, verifier: ReturnType<typeof createVerifier>): ExitCode {
  const { chains, problems } = verifier.end();
  const entries = chains.reduce((sum, chain) => sum + chain.entries, 0);
  const isOk = problems.length === 0 && chains.length > 0;
  session.printJson({ type: 'audit', ok: isOk, entries, chains, problems });
  if (chains.length === 0) session.print(['There is nothing to verify.']);
  else if (isOk) session.print([`OK: ${entries} entries in ${chains.length} chains are as they were written.`]);
  session.print(problems.map((problem) => `Not as it was written: ${placeText(problem)} ${deeds[problem.kind]}.`));
  return isOk ? exitCodes.done : exitCodes.failed;
}

/** Checks an export in a file, or on standard input where that is `-`. */
async function verifyFile(session: CliSession, file: string): Promise<ExitCode> {
  const verifier = createVerifier();
  const input = file === '-' ? session.world.stdin : createReadStream(file);
  try {
    for await (const line of readLines(input as AsyncIterable<string | Buffer>))
      if (line.trim() !== '') verifier.take(parseAuditLine(line));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CliError(exitCodes.usage, 'INVALID_INPUT', { message: `${file} cannot be read: ${why}.`, cause });
  }
  return conclude(session, verifier);
}

/** Checks a file, or the log of the bot; 1 where something is not as it was written. */
export async function auditVerify(
  session: CliSession,
  { file, ...choices }: AuditChoices & { readonly file?: string },
): Promise<ExitCode> {
  if (file !== undefined) return verifyFile(session, file);
  const verifier = createVerifier();
  const code = await readParts(session, choices, (records) =>
    records.forEach((record) => verifier.take(readAuditLine(record))),
  );
  return code === exitCodes.done ? conclude(session, verifier) : code;
}
