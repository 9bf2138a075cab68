import type { TaskDefinition, TaskLook, TaskResult } from '../../engine/contracts/task';
import { asCoxswainError } from '../../model/errors';
import type { StageContext } from '../../model/execution';
import { readProperties } from '../../model/read-properties';

/** The longest file that is read: all of it stands in the execution, more than once. */
export const mostPropertyBytes = 64 * 1024;
/** Who keeps the file may take a moment to show it after the end of what wrote it. */
const patienceMs = 10_000;
const retryMs = 2000;

/** A file as it was found; undefined where there is none. `name` decides how it is read: see `readProperties`. */
export type FoundFile = { readonly name: string; readonly text: string } | { readonly isTooLong: true } | undefined;

/** What a file gave, or why it gave nothing; one that is not there may come. */
export type Properties =
  { readonly properties: StageContext } | { readonly problem: string; readonly mayCome: boolean };

/** Reads a file as properties, which are one at least. */
export function propertiesOf(file: FoundFile): Properties {
  if (file === undefined) return { problem: 'there is no such file', mayCome: true };
  if ('isTooLong' in file) return { problem: `it is longer than ${mostPropertyBytes / 1024} KiB`, mayCome: false };
  try {
    const properties = readProperties(file.text, file.name);
    if (Object.keys(properties).length > 0) return { properties };
    return { problem: 'it is empty', mayCome: false };
  } catch (error) {
    return { problem: asCoxswainError(error).message, mayCome: false };
  }
}

/** The properties that stand flat beside what the stage says itself, which they do not hide. */
export function flatProperties(properties: StageContext, ownNames: readonly string[]): StageContext {
  // As a key of contexts that are merged `__proto__` would change what they inherit.
  const hidden = ['propertyFileContents', '__proto__', ...ownNames];
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !hidden.includes(name)));
}

/** Where the file of a stage comes from, and what becomes of it. */
export type PropertySource<S> = {
  /** The task's name. */
  readonly name: string;
  readonly timeoutMs: number;
  /** The file's name or path, and what wrote it, for messages. */
  readonly describe: (look: TaskLook<S>) => { readonly file: string; readonly job: string };
  readonly read: (look: TaskLook<S>) => Promise<FoundFile>;
  /** Outputs and context; all properties become the output `propertyFileContents` by themselves. */
  readonly put: (
    look: TaskLook<S>,
    properties: StageContext,
  ) => { readonly outputs: StageContext; readonly context?: StageContext };
};

/**
 * The task that reads what a success left (semantics §4.4, §4.7). A file that is missing 10 s after the success, or is of no
 * use, fails the stage.
 */
export const readsProperties = <S>({ name, timeoutMs, describe, read, put }: PropertySource<S>): TaskDefinition<S> => ({
  name,
  timeoutMs,
  timeoutFromStage: false,
  async run(look): Promise<TaskResult> {
    const found = propertiesOf(await read(look));
    const { file, job } = describe(look);
    if ('properties' in found) {
      const { properties: propertyFileContents } = found;
      const { outputs, context = {} } = put(look, propertyFileContents);
      return { status: 'SUCCEEDED', outputs: { ...outputs, propertyFileContents }, context };
    }
    if (found.mayCome && look.now - look.startedAt < patienceMs) {
      return { status: 'RUNNING', retryAfterMs: retryMs, context: { progress: `looks for ${file}` } };
    }
    const expected = `Expected properties file: ${file} in job: ${job}`;
    const reason = `${expected} but it was either missing, empty or contained invalid syntax: ${found.problem.replace(/\.$/, '')}.`;
    return { status: 'TERMINAL', code: 'JOB_FAILED', reason };
  },
});
