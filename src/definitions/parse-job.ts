import type { StageContext } from '../model/execution';
import { checkExpressions } from './check-expressions';
import { didYouMean } from './did-you-mean';
import { parseEnv } from './parse-service';
import type { YamlObject } from './yaml-object';
import type { YamlValue } from './yaml-value';

/** The jobs of a file by name, each in the fields of a runJob stage but for the job's id and its place. */
export type Jobs = ReadonlyMap<string, StageContext>;

const known = ['image', 'cmd', 'env', 'timeout', 'propertyFile', 'cpus', 'memoryMb'];
const inside = /^(?!\/)(?!.*(^|\/)\.\.(\/|$))/;

const withoutAbsent = (fields: StageContext): StageContext =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

function readPath(value: YamlValue | undefined): string | undefined {
  if (value?.hasExpression === true) return value.text();
  return value?.matching(inside, 'must be a file name, or a path below the folder that the job starts in.');
}

function parseJob(value: YamlValue): StageContext {
  const fields = value.object({ known });
  if (fields === undefined) return {};
  checkExpressions(value);
  if (fields.get('image') === undefined && fields.get('cmd') === undefined) {
    value.failAtKey(
      `${value.label} has neither 'image' nor 'cmd'. Add one: image: 'registry.example.com/demo/smoke:3'`,
    );
  }
  const imageId = fields.get('image')?.text();
  const env = fields.get('env');
  return withoutAbsent({
    general: withoutAbsent({
      cmd: fields.get('cmd')?.text(),
      cpus: fields.get('cpus')?.number({ above: 0 }) ?? 0.5,
      mem: fields.get('memoryMb')?.number({ min: 32 }) ?? 512,
    }),
    docker: imageId === undefined ? undefined : { image: { imageId } },
    env: env && parseEnv(env),
    propertyFile: readPath(fields.get('propertyFile')),
    stageTimeoutMs: fields.get('timeout')?.durationMs(),
  });
}

/** Reads the `jobs` of a file. */
export function parseJobs(value: YamlValue | undefined): Jobs {
  const entries = value?.object({ known: undefined })?.entries() ?? [];
  for (const [name, item] of entries) {
    if (/^[a-z0-9]+(-+[a-z0-9]+)*$/.test(name)) continue;
    item.failAtKey(
      `The job's name '${name}' may hold a-z, 0-9 and dashes inside: it is a part of its id in Metronome.`,
    );
  }
  return new Map(entries.map(([name, item]) => [name, parseJob(item)]));
}

/** Where a stage names jobs: a runJob stage itself, a deploy stage in the steps of its canary. */
function jobsNamedIn(stage: YamlObject): readonly YamlValue[] {
  const type = stage.get('type')?.data();
  if (type === 'runJob') return [stage.get('job') ?? []].flat();
  const steps = type === 'deploy' ? stage.get('canary') : undefined;
  if (steps === undefined) return [];
  const items = steps.isList ? (steps.list() ?? []) : [steps];
  return items.filter((item) => item.isObject).flatMap((item) => item.object({ known: undefined })?.get('job') ?? []);
}

/** Refuses jobs of stages that the file has not. */
export function checkJobs(pipeline: YamlValue, jobs: Jobs): void {
  const stages = pipeline.isList ? (pipeline.list() ?? []) : [];
  for (const item of stages.filter((stage) => stage.isObject)) {
    const fields = item.object({ known: undefined });
    for (const at of fields === undefined ? [] : jobsNamedIn(fields)) {
      const name = at.data();
      if (typeof name !== 'string' || jobs.has(name) || at.hasExpression) continue;
      at.fail(`The file has no job '${name}' below 'jobs'. ${didYouMean(name, [...jobs.keys()])}`);
    }
  }
}

const ofStage = ['job', 'regions', 'propertyFile', 'waitForCompletion'];

/** Reads a runJob stage that names a job of the file; `others` are the keys that any stage may have. */
export function readJobStage(fields: YamlObject, others: readonly string[]): StageContext {
  for (const [name, value] of fields.entries()) {
    if (ofStage.includes(name) || others.includes(name)) continue;
    value.failAtKey(`'${name}' stands in the job itself, below 'jobs'. Move it there.`);
  }
  const job = fields.get('job');
  const waits = fields.get('waitForCompletion');
  return {
    job: job?.refusesExpression('Write the name of a job.') === true ? undefined : job?.text(),
    regions: fields.get('regions')?.texts(),
    propertyFile: readPath(fields.get('propertyFile')),
    waitForCompletion: waits?.orExpression(() => waits.boolean()),
  };
}
