import { type Agent, type Context, nextUuid } from '../context';
import { freeAgent } from '../launch';
import { addMesosTask, addStatus, findMesosTask } from '../mesos/mesos-task';
import type { RuntimeTask, TaskReport } from '../tasks/task-runtime';
import { keepUnheard } from '../unheard';
import type { World } from '../world';
import { addToHistory } from './history';
import { activeTask, type Job, type JobRun, type RunTask } from './job';

/** How long Metronome waits before it starts a failed run again. */
const retryMs = 1000;

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** The active runs of a job, newest first. */
export function runsOf(context: Context, jobId: string): readonly JobRun[] {
  return context.world.runs.filter((run) => run.jobId === jobId).reverse();
}

/** Adds a run that waits for resources. */
export function createRun(context: Context, { spec }: Job): JobRun {
  const createdAt = context.clock.now();
  const date = new Date(createdAt).toISOString().replace(/\D/g, '').slice(0, 14);
  const letter = () => letters.charAt(Math.floor(context.random() * letters.length));
  const id = date + Array.from({ length: 5 }, letter).join('');
  const run: JobRun = { id, jobId: spec.id, createdAt, spec, isStopped: false, notBefore: createdAt, tasks: [] };
  context.world.runs.push(run);
  context.schedule('launchDeadline', id, spec.run.maxLaunchDelay * 1000);
  return run;
}

/** Launches every waiting run that finds an agent; returns whether any did. */
export function launchRuns(context: Context): boolean {
  let launched = false;
  for (const run of context.world.runs) {
    if (activeTask(run) !== undefined || run.notBefore > context.clock.now()) continue;
    const agent = freeAgent(context, run.jobId, run.spec.run);
    if (agent === undefined) continue;
    launch(context, run, agent);
    launched = true;
  }
  return launched;
}

/** Ends a run as a failure: at once while it waits, else as soon as its task is dead. */
export function stopRun(context: Context, run: JobRun): void {
  const task = activeTask(run);
  if (run.isStopped) return;
  run.isStopped = true;
  if (task === undefined) {
    finish(context, run, false);
    return;
  }
  if (task.lost === undefined) noteStatus(context, task, 'TASK_KILLING');
  context.runtime.kill({ key: task.id, taskId: task.id });
}

/** Gives up a run that has not been launched within its `maxLaunchDelay`. */
export function checkLaunchDeadline(context: Context, runId: string): void {
  const run = context.world.runs.find(({ id }) => id === runId);
  if (run?.tasks.length === 0) finish(context, run, false);
}

/** Applies the loss or the return of an agent to the runs on it. Metronome waits for a lost one without end. */
export function reviewRuns(context: Context, agent: Agent, isLost: boolean): void {
  for (const run of [...context.world.runs]) {
    const task = activeTask(run);
    if (task === undefined || findMesosTask(context.world.mesosTasks, task.id)?.agentId !== agent.id) continue;
    if (isLost && task.lost === undefined) lose(context, task, agent);
    if (!isLost && task.lost !== undefined) comeBack(context, run, task, task.lost);
  }
}

function lose(context: Context, task: RunTask, { id }: Agent): void {
  task.lost = { status: task.status, unheard: [] };
  task.status = 'TASK_UNREACHABLE';
  noteStatus(context, task, task.status, `Agent ${id} is unreachable`);
}

function comeBack(context: Context, run: JobRun, task: RunTask, { status, unheard }: NonNullable<RunTask['lost']>) {
  task.lost = undefined;
  task.status = status;
  noteStatus(context, task, status);
  for (const report of unheard) heedRunReport(context, run, report);
}

/** Lets Metronome know what the runtime says about the task of a run; while its agent is lost, that waits. */
export function heedRunReport(context: Context, run: JobRun, report: TaskReport): void {
  const task = activeTask(run);
  if (task === undefined) return;
  if (task.lost !== undefined) {
    keepUnheard(task.lost.unheard, report);
    return;
  }
  if (report.kind === 'starting' || report.kind === 'running') {
    task.status = report.kind === 'running' ? 'TASK_RUNNING' : 'TASK_STARTING';
    noteStatus(context, task, task.status);
  }
  if (report.kind !== 'ended') return;
  task.status = report.state;
  task.completedAt = context.clock.now();
  noteStatus(context, task, report.state, report.message);
  if (report.state === 'TASK_FINISHED' || !mayRetry(context, run)) {
    finish(context, run, report.state === 'TASK_FINISHED');
    return;
  }
  run.notBefore = context.clock.now() + context.clock.scale(retryMs);
  context.schedule('wake', '', retryMs);
}

/** The run whose active task has this id. */
export function runWithTask(world: World, taskId: string): JobRun | undefined {
  return world.runs.find((run) => activeTask(run)?.id === taskId);
}

/** The active task of a run, as a runtime has to run it; undefined while the run waits. */
export function runtimeTaskOfRun(world: World, run: JobRun): RuntimeTask | undefined {
  const task = activeTask(run);
  const mesosTask = task && findMesosTask(world.mesosTasks, task.id);
  if (mesosTask === undefined) return undefined;
  const { cmd, args, docker, ucr, env, cpus, mem, disk, gpus, taskKillGracePeriodSeconds } = run.spec.run;
  const image = docker?.image ?? ucr?.image.id;
  // Beside an image, args are what its entry point gets, and that is not known here.
  const program = args === undefined || image !== undefined ? undefined : { program: args };
  return {
    key: mesosTask.id,
    taskId: mesosTask.id,
    framework: 'metronome',
    ownerId: run.jobId,
    containerId: mesosTask.containerId,
    host: mesosTask.host,
    labels: run.spec.labels,
    command: cmd === undefined ? program : { shell: cmd },
    image,
    env,
    specId: `/${run.jobId.replaceAll('.', '/')}/${run.id}`,
    version: new Date(run.createdAt).toISOString(),
    resources: { cpus, mem, disk, gpus },
    ports: [],
    hostPorts: [],
    healthChecks: [],
    readinessChecks: [],
    killGraceSeconds: taskKillGracePeriodSeconds ?? 3,
  };
}

function launch(context: Context, run: JobRun, agent: Agent): void {
  const { world, clock } = context;
  const { cpus, mem, disk, gpus } = run.spec.run;
  const segments = run.jobId.split('.');
  const id = `${segments.join('_')}_${run.id}.instance-${nextUuid(context)}._app.1`;
  const task: RunTask = { id, startedAt: clock.now(), completedAt: null, status: 'TASK_STAGING' };
  run.tasks.push(task);
  addMesosTask(world.mesosTasks, {
    id,
    name: [run.id, ...segments.reverse()].join('.'),
    framework: 'metronome',
    agentId: agent.id,
    host: agent.hostname,
    containerId: nextUuid(context),
    labels: run.spec.labels,
    role: '*',
    resources: { cpus, mem, disk, gpus, ports: [] },
    statuses: [],
    files: {},
    checks: 0,
  });
  noteStatus(context, task, 'TASK_STAGING');
  const runtimeTask = runtimeTaskOfRun(world, run);
  if (runtimeTask !== undefined) context.runtime.launch(runtimeTask);
}

function mayRetry(context: Context, run: JobRun): boolean {
  const { policy, activeDeadlineSeconds } = run.spec.run.restart;
  if (run.isStopped || policy === 'NEVER') return false;
  const ageMs = context.clock.now() - run.createdAt;
  return activeDeadlineSeconds === undefined || ageMs < context.clock.scale(activeDeadlineSeconds * 1000);
}

function finish(context: Context, run: JobRun, isSuccess: boolean): void {
  const { world } = context;
  world.runs = world.runs.filter((other) => other !== run);
  world.timers = world.timers.filter((timer) => timer.instanceId !== run.id);
  const history = world.jobs[run.jobId]?.history;
  if (history !== undefined) addToHistory(history, run, isSuccess, context.clock.now());
}

function noteStatus(context: Context, { id }: RunTask, state: string, message = ''): void {
  const task = findMesosTask(context.world.mesosTasks, id);
  if (task !== undefined) addStatus(task, state, context.clock.now(), message);
}
