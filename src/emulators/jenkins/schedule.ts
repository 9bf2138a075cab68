import { readJobConfig, type JobConfig } from './job-config';
import { readScript, type ScriptStep } from './script';
import { findItem, fullName, isWaiting, type Build, type Item, type QueueItem, type World } from './world';

/** How the builds of a Jenkins are run. */
export type ScheduleOptions = {
  readonly executors: number;
  /** How long an item stays in the queue at least, where its job says nothing else, in milliseconds. */
  readonly quietPeriodMs: number;
};

/** How long a build takes before its script begins, and to die once it was stopped, in milliseconds. */
const startMs = 500;
const stopMs = 1000;

const unknown: JobConfig = {
  isFolder: false,
  description: '',
  isDisabled: false,
  isConcurrent: false,
  quietPeriod: undefined,
  parameters: [],
  script: '',
  unstableReturn: 0,
  artifacts: [],
  git: undefined,
};

/** What an item's config.xml says; nothing where it is damaged. */
export const configOf = (item: Item): JobConfig => readJobConfig(item.config) ?? unknown;

/** Whether a build still runs. */
export const isBuilding = (build: Build): boolean => build.wakeAt !== undefined;

/** All builds that run, with their jobs. */
export const runningBuilds = (world: World): readonly { readonly item: Item; readonly build: Build }[] =>
  world.items.flatMap((item) => item.builds.filter(isBuilding).map((build) => ({ item, build })));

/** Why an item waits, in Jenkins's words; undefined where it may start. */
export function whyWaiting(world: World, queued: QueueItem, { executors }: ScheduleOptions): string | undefined {
  const item = findItem(world, queued.job.split('/'));
  if (item === undefined) return 'The job is gone';
  if (world.time < queued.readyAt) {
    return `In the quiet period. Expires in ${((queued.readyAt - world.time) / 1000).toFixed(1)} sec`;
  }
  if (world.isQuietingDown) return 'Jenkins is about to shut down';
  if (item.isDisabled) return `${item.path.at(-1) ?? ''} is disabled`;
  const running = item.builds.find(isBuilding);
  if (running !== undefined && !configOf(item).isConcurrent) {
    return `Build #${running.number} is already in progress (ETA: N/A)`;
  }
  return runningBuilds(world).length >= executors ? 'Waiting for next available executor' : undefined;
}

const matches = (pattern: string, path: string): boolean =>
  new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*+\/?/g, '.*')}$`).test(path);

function endBuild(item: Item, build: Build, result: NonNullable<Build['result']>, now: number): void {
  const { artifacts } = configOf(item);
  if (artifacts.length > 0) build.log += 'Archiving artifacts\n';
  build.artifacts = Object.keys(build.files).filter((path) => artifacts.some((pattern) => matches(pattern, path)));
  build.result = result;
  build.wakeAt = undefined;
  build.endedAt = now;
  build.log += `Finished: ${result}\n`;
}

/** Does one step; answers the script's exit code where that ends it. */
function doStep(build: Build, step: ScriptStep, now: number): number | undefined {
  build.log += `+ ${step.line}\n`;
  if (step.kind === 'sleep') build.wakeAt = now + step.ms;
  if (step.kind === 'exit') {
    if (step.says !== undefined) build.log += `${step.says}\n`;
    return step.code;
  }
  if (step.kind === 'echo' && step.file === undefined) build.log += `${step.text}\n`;
  if (step.kind === 'echo' && step.file !== undefined) {
    const before = step.append === true ? (build.files[step.file] ?? '') : '';
    build.files[step.file] = `${before}${step.text}\n`;
  }
  return undefined;
}

function goOn(item: Item, build: Build, now: number): void {
  if (build.abortedBy !== undefined) {
    build.log += `Aborted by ${build.abortedBy}\n`;
    endBuild(item, build, 'ABORTED', now);
    return;
  }
  while (build.wakeAt !== undefined && build.wakeAt <= now) {
    const [step, ...rest] = build.steps;
    build.steps = rest;
    const exitCode = step === undefined ? 0 : doStep(build, step, now);
    if (exitCode === undefined) continue;
    const { unstableReturn } = configOf(item);
    const isUnstable = exitCode !== 0 && exitCode === unstableReturn;
    if (exitCode !== 0)
      build.log += `Build step 'Execute shell' marked build as ${isUnstable ? 'unstable' : 'failure'}\n`;
    endBuild(item, build, exitCode === 0 ? 'SUCCESS' : isUnstable ? 'UNSTABLE' : 'FAILURE', now);
  }
}

function startBuild(world: World, item: Item, queued: QueueItem): void {
  const { script } = configOf(item);
  const number = item.nextBuildNumber;
  item.nextBuildNumber += 1;
  const given = Object.fromEntries(queued.parameters.map(({ name, value }) => [name, value]));
  const variables = { ...given, BUILD_NUMBER: String(number), JOB_NAME: fullName(item) };
  const taken = new Set(runningBuilds(world).map(({ build }) => build.executor));
  let executor = 0;
  while (taken.has(executor)) executor += 1;
  queued.leftAt = world.time;
  queued.buildNumber = number;
  item.builds.push({
    number,
    queueId: queued.id,
    user: queued.user,
    parameters: queued.parameters,
    startedAt: world.time,
    executor,
    steps: readScript(script, variables),
    wakeAt: world.time + startMs,
    abortedBy: undefined,
    endedAt: undefined,
    result: undefined,
    log: `Started by user ${queued.user}\nRunning as SYSTEM\nBuilding in workspace ${fullName(item)}\n`,
    files: {},
    artifacts: [],
  });
}

function dispatch(world: World, options: ScheduleOptions): void {
  for (const queued of world.queue.filter(isWaiting)) {
    const item = findItem(world, queued.job.split('/'));
    if (item !== undefined && whyWaiting(world, queued, options) === undefined) startBuild(world, item, queued);
  }
}

function nextMoment(world: World): number {
  const wakes = runningBuilds(world).map(({ build }) => build.wakeAt ?? Infinity);
  const ready = world.queue
    .filter((item) => isWaiting(item) && item.readyAt > world.time)
    .map(({ readyAt }) => readyAt);
  return Math.min(...wakes, ...ready);
}

/** Lets everything happen that happens by itself up to `now`, in its order. */
export function catchUp(world: World, now: number, options: ScheduleOptions): void {
  dispatch(world, options);
  for (let next = nextMoment(world); next <= now; next = nextMoment(world)) {
    world.time = Math.max(world.time, next);
    for (const { item, build } of runningBuilds(world)) goOn(item, build, world.time);
    dispatch(world, options);
  }
  world.time = Math.max(world.time, now);
}

const sameParameters = (one: QueueItem['parameters'], other: QueueItem['parameters']): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** Puts a build into the queue; one that waits there already with the same parameters stands for both, as in Jenkins. */
export function enqueue(
  world: World,
  item: Item,
  wish: Pick<QueueItem, 'user' | 'parameters'>,
  { quietPeriodMs }: ScheduleOptions,
): QueueItem {
  const job = fullName(item);
  const same = world.queue.find(
    (queued) => isWaiting(queued) && queued.job === job && sameParameters(queued.parameters, wish.parameters),
  );
  if (same !== undefined) return same;
  const { quietPeriod } = configOf(item);
  const readyAt = world.time + (quietPeriod === undefined ? quietPeriodMs : quietPeriod * 1000);
  const queued: QueueItem = {
    id: world.nextQueueId,
    job,
    ...wish,
    since: world.time,
    readyAt,
    isCancelled: false,
    leftAt: undefined,
    buildNumber: undefined,
  };
  world.nextQueueId += 1;
  world.queue.push(queued);
  return queued;
}

/** Asks a build to die; one that has ended stays as it is. */
export function stopBuild(world: World, build: Build, user: string): void {
  if (!isBuilding(build) || build.abortedBy !== undefined) return;
  build.abortedBy = user;
  build.wakeAt = world.time + stopMs;
}
