import { CoxswainError } from '../model/errors';
import type { JobDescription } from '../model/job';
import type { MetronomeJobSpec } from './metronome-client';
import { keyLabel } from './server-groups';

type Json = Readonly<Record<string, unknown>>;

const name = '[a-z0-9]+(-+[a-z0-9]+)*';
const idPattern = new RegExp(`^${name}(\\.${name})*$`);

/** The image's whole name; undefined where the job has none. Throws INVALID_INPUT for a part of one. */
function imageOf({ general: { id }, docker }: JobDescription): string | undefined {
  const { imageId, registry, repository, tag } = docker?.image ?? {};
  if (imageId !== undefined && imageId !== '') return imageId;
  if (repository === undefined || repository === '') return undefined;
  if (tag === undefined || tag === '') {
    throw new CoxswainError('INVALID_INPUT', {
      message: `Job ${id} has the image ${repository} without a tag. Give docker.image a tag, or an imageId.`,
    });
  }
  const host = registry === undefined || registry === '' ? '' : `${registry}/`;
  return `${host}${repository}:${tag}`;
}

/** Metronome wants each secret that `env` names declared; one that is not declared is its own source. */
function secretsOf({ env = {}, secrets = {} }: JobDescription): Json {
  const named = Object.values(env).flatMap((value) => (typeof value === 'string' ? [] : [value.secret]));
  const declared = { ...Object.fromEntries(named.map((secret) => [secret, { source: secret }])), ...secrets };
  return Object.keys(declared).length === 0 ? {} : { secrets: declared };
}

const given = (fields: Json): Json =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** Metronome requires the first three; where the job says nothing, its own defaults hold. */
const resourcesOf = ({ cpus = 1, mem = 128, disk = 0, gpus = 0 }: JobDescription['general']): Json => ({
  cpus,
  mem,
  disk,
  // An old Metronome refuses the field.
  ...(gpus > 0 ? { gpus } : {}),
});

function runOf(job: JobDescription): Json {
  const { general, env, user, maxLaunchDelay, constraints, restartPolicy: restart, artifacts, volumes } = job;
  const image = imageOf(job);
  const cmd = general.cmd === '' ? undefined : general.cmd;
  if (image === undefined && cmd === undefined) {
    throw new CoxswainError('INVALID_INPUT', {
      message: `Job ${general.id} has neither an image nor a command. Give it general.cmd or docker.image.`,
    });
  }
  return {
    ...resourcesOf(general),
    ...secretsOf(job),
    ...given({ cmd, env, user, maxLaunchDelay, restart, artifacts, volumes }),
    ...(image === undefined ? {} : { docker: { image } }),
    ...(constraints === undefined ? {} : { placement: { constraints } }),
  };
}

/**
 * The Metronome job of a description (semantics §3, runJob), labelled with `key`; its schedule is not part of it. Throws
 * INVALID_NAME for an id that Metronome would not take, and INVALID_INPUT for a job that runs nothing.
 */
export function jobFromDescription(job: JobDescription, key: string): MetronomeJobSpec {
  const { id, description } = job.general;
  if (!idPattern.test(id)) {
    throw new CoxswainError('INVALID_NAME', {
      message: `Invalid job id '${id}': only lower-case letters, digits, dashes inside and dots between names are allowed. Rename it.`,
      fields: { id },
    });
  }
  return { id, ...given({ description }), labels: { ...job.labels, [keyLabel]: key }, run: runOf(job) };
}
