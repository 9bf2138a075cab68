import { z } from 'zod';
import type { JenkinsMasters, ScriptJob } from '../../jenkins/jenkins-masters';
import { CoxswainError } from '../../model/errors';
import type { Stage, StageContext } from '../../model/execution';

/** What the tasks of a build ask for. */
export type Needs = { readonly jenkins: JenkinsMasters };

/** How a stage says what it wants built. */
export type Wanted = {
  /** Of which job, as things stand now; throws NOT_FOUND where no Jenkins is there for it. */
  readonly job: (context: StageContext, jenkins: JenkinsMasters) => ScriptJob;
  readonly parameters: (context: StageContext) => Readonly<Record<string, string>>;
};

/** Spinnaker writes some flags as text. */
export const flag = z.union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false', ''] })]);

const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? '' : JSON.stringify(value);
};

/** Parameters of a build, as the texts that Jenkins takes; lists and maps are written as JSON. */
export const parameterTexts = z
  .record(z.string(), z.unknown())
  .default({})
  .transform((written): Readonly<Record<string, string>> =>
    Object.fromEntries(Object.entries(written).map(([name, value]) => [name, textOf(value)])),
  );

/** What all stages that run a build accept; `property` is an old name of `propertyFile`. */
export const buildFields = {
  propertyFile: z
    .string()
    .optional()
    .describe('A file that the build archives, by name or path; each of its properties becomes an output.'),
  property: z.string().optional().describe('An old name of `propertyFile`.'),
  markUnstableAsSuccessful: flag.default(false).describe('Whether an unstable build is a success.'),
  waitForCompletion: flag.default(true).describe("Whether the stage waits for the build's end."),
};

const common = z.looseObject(buildFields);

/** How a stage goes on with its build; `propertyFile` is undefined for none. */
export function buildWishes(context: StageContext) {
  const { propertyFile, property, markUnstableAsSuccessful, waitForCompletion } = common.parse(context);
  const file = [propertyFile, property].find((name) => name !== undefined && name !== '');
  return { propertyFile: file, markUnstableAsSuccessful, waitForCompletion };
}

const startedSchema = z.looseObject({
  startedBuild: z.object({ master: z.string(), job: z.string() }),
  queuedBuild: z.number(),
  buildNumber: z.number().optional(),
});

/** The build of this attempt, as far as it is known. */
export type StartedBuild = ScriptJob & { readonly queuedBuild: number; readonly buildNumber: number | undefined };

/** The build that the stage's first task has started; to be read once that task is through. */
export function startedBuild({ context }: Pick<Stage, 'context'>): StartedBuild {
  const { startedBuild: place, queuedBuild, buildNumber } = startedSchema.parse(context);
  return { ...place, queuedBuild, buildNumber };
}

/** The build with its number; throws INTERNAL before it has one. */
export function numberedBuild(stage: Pick<Stage, 'context'>): StartedBuild & { readonly number: number } {
  const build = startedBuild(stage);
  if (build.buildNumber !== undefined) return { ...build, number: build.buildNumber };
  throw new CoxswainError('INTERNAL', { message: `The build of ${build.job} has no number yet.` });
}

/** Whether Jenkins does not know something, which may pass (semantics §4.4: 404 is asked again). */
export const isNotFound = (error: unknown): boolean => error instanceof CoxswainError && error.code === 'NOT_FOUND';

/** How often Jenkins is looked at while nothing is wrong, in milliseconds. */
export const pollMs = 5000;
