import type { MarathonAppInfo, MarathonTask, MarathonTaskFailure } from './marathon-schemas';

type Json = Readonly<Record<string, unknown>>;

/** Thrown where a field is not of its kind, and caught in this file only. */
const unreadable = Symbol('unreadable');

function refuse(): never {
  // Not an error that anybody sees: the schema says what is wrong, and where.
  // eslint-disable-next-line @typescript-eslint/only-throw-error
  throw unreadable;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isAbsent = (value: unknown): value is null | undefined => value === null || value === undefined;

const objectOf = (value: unknown): Json => (isObject(value) ? value : refuse());
const optionalObject = (value: unknown): Json | undefined => (isAbsent(value) ? undefined : objectOf(value));
const textOf = (value: unknown): string => (typeof value === 'string' ? value : refuse());
const optionalText = (value: unknown): string | undefined => (isAbsent(value) ? undefined : textOf(value));
const textOrEmpty = (value: unknown): string => (isAbsent(value) ? '' : textOf(value));

function listOf(value: unknown): unknown[] {
  if (isAbsent(value)) return [];
  return Array.isArray(value) ? value : refuse();
}

function labelsOf(value: unknown): Record<string, string> {
  if (isAbsent(value)) return {};
  const labels = objectOf(value);
  for (const name in labels) if (typeof labels[name] !== 'string') refuse();
  return labels as Record<string, string>;
}

function instancesOf(value: unknown): number {
  if (isAbsent(value)) return 1;
  return typeof value === 'number' && Number.isFinite(value) ? value : refuse();
}

function isAlive(value: unknown): boolean {
  const { alive } = objectOf(value);
  if (isAbsent(alive)) return false;
  return typeof alive === 'boolean' ? alive : refuse();
}

function resultsOf(value: unknown): MarathonTask['healthCheckResults'] {
  const results: MarathonTask['healthCheckResults'] = [];
  for (const result of listOf(value)) if (result !== null) results.push({ alive: isAlive(result) });
  return results;
}

function taskOf(value: unknown): MarathonTask {
  const task = objectOf(value);
  return {
    id: textOf(task.id),
    state: optionalText(task.state),
    host: optionalText(task.host),
    startedAt: optionalText(task.startedAt),
    version: optionalText(task.version),
    healthCheckResults: resultsOf(task.healthCheckResults),
  };
}

function failureOf(value: unknown): MarathonTaskFailure | undefined {
  const failure = optionalObject(value);
  if (failure === undefined) return undefined;
  return {
    taskId: textOrEmpty(failure.taskId),
    state: textOrEmpty(failure.state),
    message: textOrEmpty(failure.message),
    host: textOrEmpty(failure.host),
    timestamp: textOrEmpty(failure.timestamp),
    version: textOrEmpty(failure.version),
  };
}

function containerOf(value: unknown): MarathonAppInfo['container'] {
  const container = optionalObject(value);
  if (container === undefined) return undefined;
  const docker = optionalObject(container.docker);
  return { docker: docker === undefined ? undefined : { image: optionalText(docker.image) } };
}

function appOf(value: unknown): MarathonAppInfo {
  const app = objectOf(value);
  const info = optionalObject(app.versionInfo);
  return {
    id: textOrEmpty(app.id),
    version: textOrEmpty(app.version),
    instances: instancesOf(app.instances),
    labels: labelsOf(app.labels),
    container: containerOf(app.container),
    healthChecks: listOf(app.healthChecks),
    tasks: listOf(app.tasks).map(taskOf),
    deployments: listOf(app.deployments).map((deployment) => ({ id: textOf(objectOf(deployment).id) })),
    versionInfo: info === undefined ? undefined : { lastConfigChangeAt: optionalText(info.lastConfigChangeAt) },
    lastTaskFailure: failureOf(app.lastTaskFailure),
  };
}

/**
 * Reads the body of `GET /v2/apps` exactly as the schema of an app does, several times faster: a list of thousands of apps
 * holds the thread for as long as it is read. Undefined where anything is not of its kind; ask the schema then what it is.
 */
export function readAppList(body: unknown): { apps: MarathonAppInfo[] } | undefined {
  try {
    return { apps: listOf(objectOf(body).apps).map(appOf) };
  } catch (error) {
    if (error === unreadable) return undefined;
    throw error;
  }
}
