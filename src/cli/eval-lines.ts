import type { Json } from '../engine/expressions';
import { CoxswainError } from '../model/errors';
import type { StageContext } from '../model/execution';
import type { CliSession } from './cli-session';
import { evalRequest, type EvalAnswer, type EvalRequest } from './eval-request';
import { isJsonObject, parseJsonLine } from './parse-json-line';
import { readLines } from './read-lines';

type LineAnswer = { readonly id: Json } & EvalAnswer;

const invalid = (message: string): CoxswainError => new CoxswainError('INVALID_INPUT', { message });

function readText(text: unknown): Json {
  if (typeof text === 'string' || (typeof text === 'object' && text !== null)) return text as Json;
  throw invalid("'text' must be a text, list or map.");
}

function readContext(context: unknown): StageContext {
  if (isJsonObject(context)) return context;
  if (context === undefined || context === null) return {};
  throw invalid("'context' must be a map.");
}

function readStage(stage: unknown): string | undefined {
  if (stage === undefined || stage === null) return undefined;
  if (typeof stage === 'string' || typeof stage === 'number') return String(stage);
  throw invalid("'stage' must be the refId of a stage.");
}

const readRequest = (line: StageContext): EvalRequest => ({
  text: readText(line.text),
  context: readContext(line.context),
  execution: line.execution ?? undefined,
  stage: readStage(line.stage),
});

const refusal = (id: Json, value: Json, error: unknown): LineAnswer => {
  const message = error instanceof CoxswainError ? error.message : 'This cannot be evaluated.';
  return { id, value, errors: [{ level: 'ERROR', message }] };
};

async function answerLine(session: CliSession, line: string): Promise<LineAnswer> {
  let known: StageContext = {};
  try {
    known = parseJsonLine(line);
    const answer = await evalRequest(readRequest(known), session.world);
    return { id: (known.id ?? null) as Json, ...answer };
  } catch (error) {
    return refusal((known.id ?? null) as Json, (known.text ?? null) as Json, error);
  }
}

function write(answer: LineAnswer): string {
  try {
    return JSON.stringify(answer);
  } catch {
    // What was read without recursion may nest too deeply to be written.
    return JSON.stringify(refusal(null, null, invalid('The answer nests too deeply to be written.')));
  }
}

/** Answers each line of standard input as it comes in, in order; a line that is no request is answered with an error. */
export async function evalLines(session: CliSession): Promise<void> {
  const { stdin, stdout } = session.world;
  for await (const line of readLines(stdin as AsyncIterable<string | Buffer>)) {
    if (line.trim() !== '') stdout.write(`${write(await answerLine(session, line))}\n`);
  }
}
