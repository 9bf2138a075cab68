import { createAdminRouter, internalError } from './admin-router';
import { giveUp, reviewAgents } from './agent-loss';
import { createAgents } from './agents';
import type { AuthOptions } from './auth/auth-options';
import { type Auth, createAuth } from './auth/create-auth';
import { changeApps, store } from './change-apps';
import { allPassed } from './check-health';
import { createRealClock, type EmulatorClock } from './clock';
import { type Agent, type Context, type EmulatorEvent, timestamp, type Timings } from './context';
import { runDeployments } from './deployments';
import { createEventHub, type EventHub } from './event-hub';
import type { EmulatorRequest, EmulatorResponse } from './exchange';
import { createFaultBox, type Fault } from './faults';
import { readApp } from './handle-apps';
import { createInstance, instancesOf, noteStatus, taskIdOf } from './instances';
import { isSameJson, type JsonObject } from './json';
import { launchScheduled } from './launch';
import { checkLaunchDeadline, launchRuns } from './metronome/runs';
import { runSchedule } from './metronome/schedules';
import { absoluteId } from './normalize-app';
import { runtimeTaskOf } from './runtime-task';
import { createRequestLog, type RequestLog } from './request-log';
import type { Service } from './service';
import { createServices } from './services';
import { checkScale } from './scale-check';
import { failTask } from './task-life';
import { createRuntime, loseRealTasks, passReport, type TaskMode } from './tasks/create-runtime';
import type { TaskReport } from './tasks/task-runtime';
import type { SimulatedRuntime } from './tasks/simulated-runtime';
import { addTimer, createTimerLoop } from './timer-loop';
import { copyOfWorld, emptyWorld, type Timer, type World } from './world';

/** How to set up an emulator. */
export type DcosEmulatorOptions = {
  /** The wall's clock by default. */
  readonly clock?: EmulatorClock;
  /** Numbers in [0, 1); Math.random by default. */
  readonly random?: () => number;
  /** `simulated` by default. */
  readonly tasks?: TaskMode;
  /** PATH of real tasks; they get nothing else of this process' environment. The usual folders by default. */
  readonly taskPath?: string;
  /** Five agents of 16 CPUs and 64 GB by default. */
  readonly agents?: readonly Agent[];
  /** Nobody is asked for a token by default. */
  readonly auth?: AuthOptions;
  /** The authority that the cluster's certificate is of, PEM; it is given to anybody at /ca/dcos-ca.crt. */
  readonly caCertificate?: string;
  readonly faults?: readonly Fault[];
  /** Start 400 ms, healthy after 300, health checks every 1000, kill 200, election 500 by default. */
  readonly timings?: Partial<Timings>;
  /** A world saved before; it goes on where it stood. */
  readonly world?: World;
  /** Told of a mistake of the emulator's own, which it survives; a warning of the process by default. */
  readonly onError?: (error: unknown) => void;
};

/** An emulated DC/OS cluster without HTTP: Admin Router and the services behind it. */
export type DcosEmulator = {
  /** Answers one request at once; `delayMs` and `isCut` are for an HTTP shell. Never throws. */
  readonly handle: (request: EmulatorRequest) => EmulatorResponse;
  /** Adds an app that already runs and is healthy, without a deployment or events. Replaces an app of that id. */
  readonly seed: (app: JsonObject & { readonly id: string }) => void;
  readonly subscribe: EventHub['subscribe'];
  /** Injects a fault and returns its id. */
  readonly setFault: (fault: Fault) => string;
  /** Removes one fault, or all. */
  readonly clearFaults: (id?: string) => void;
  /** Fails running tasks by id, as if their process had ended with 1. */
  readonly failTasks: (taskIds: readonly string[]) => void;
  readonly requests: RequestLog;
  /** The IAM, which makes tokens also without a login. */
  readonly auth: Auth;
  /** Everything behind Admin Router, with the coverage table of each. */
  readonly services: readonly Service[];
  /** A copy of the whole state, plain JSON. */
  readonly snapshot: () => World;
  /** Calls back after anything happened. */
  readonly onChange: (listener: () => void) => void;
  /** Stops all timers and ends every real task; resolves when none is left. */
  readonly stop: () => Promise<void>;
};

const usualPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const defaultTimings: Timings = { startMs: 400, healthyMs: 300, healthIntervalMs: 1000, killMs: 200, electionMs: 500 };

/** Creates an emulated cluster. On a virtual clock everything happens within `handle` and `advance`. */
export function createDcosEmulator(options: DcosEmulatorOptions = {}): DcosEmulator {
  const clock = options.clock ?? createRealClock();
  const world = copyOfWorld(options.world ?? emptyWorld());
  const hub = createEventHub();
  const log = createRequestLog();
  const listeners: (() => void)[] = [];
  const { tasks: mode = 'simulated', taskPath: path = usualPath, onError = warn } = options;
  const survives = (action: () => void) => outcomeOf(action, onError);
  const base: Omit<Context, 'runtime'> = {
    ...worldParts(options, clock, world),
    emit: (eventType, fields) => emit(context, hub, { eventType, timestamp: timestamp(context), ...fields }),
    closeStreams: hub.closeAll,
    settle: () => settle(context),
  };
  const report = (news: TaskReport) => void survives(() => passReport(context, news));
  const { runtime, simulated } = createRuntime({ mode, context: base, path, report, changed: () => changed() });
  const context: Context = { ...base, runtime };
  const loop = createTimerLoop(context, (timer) => void survives(() => fire(context, simulated, timer)));
  const changed = () => {
    const isSettled = survives(() => settle(context));
    loop.arm();
    return survives(() => listeners.forEach((listener) => listener())) && isSettled;
  };
  loop.onFired(changed);
  const { setFault, clearFaults } = faultControls(context, hub, simulated, changed);
  const auth = createAuth(options.auth ?? { mode: 'none' }, clock);
  const { caCertificate } = options;
  const services = createServices(context, auth, { log, setFault, clearFaults, caCertificate });
  const { faults } = context;
  const route = createAdminRouter({ services, clock, faults, log, refuse: auth.refuse, failed: onError });
  loseRealTasks(context);
  changed();

  return {
    handle: (request) => {
      const response = route(request);
      return changed() ? response : { ...response, ...internalError };
    },
    seed: (app) => {
      seedApp(context, app);
      changed();
    },
    subscribe: hub.subscribe,
    setFault,
    clearFaults,
    failTasks: (taskIds) => {
      failTasks(context, taskIds);
      changed();
    },
    requests: log,
    auth,
    services,
    snapshot: () => structuredClone(world),
    onChange: (listener) => void listeners.push(listener),
    stop: () => {
      loop.stop();
      return runtime.close();
    },
  };
}

function failTasks(context: Context, taskIds: readonly string[]): void {
  const failing = context.world.instances.filter((each) => taskIds.includes(taskIdOf(each)));
  for (const instance of failing) failTask(context, instance);
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}

/** Whether an action came to its end. */
function outcomeOf(action: () => void, failed: (error: unknown) => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    failed(error);
    return false;
  }
}

function worldParts(options: DcosEmulatorOptions, clock: EmulatorClock, world: World) {
  return {
    clock,
    world,
    random: options.random ?? Math.random,
    faults: createFaultBox(options.faults),
    agents: options.agents ?? createAgents(5, options.tasks ?? 'simulated'),
    timings: { ...defaultTimings, ...options.timings },
    schedule: (kind: Timer['kind'], instanceId: string, delayMs: number) =>
      addTimer(world, { kind, instanceId, at: clock.now() + clock.scale(delayMs) }),
  };
}

function settle(context: Context): void {
  let isMoving = true;
  while (isMoving) {
    const hasStepped = runDeployments(context);
    const hasLaunched = launchScheduled(context);
    isMoving = launchRuns(context) || hasLaunched || hasStepped;
  }
}

function fire(context: Context, simulated: SimulatedRuntime, timer: Timer): void {
  if (timer.kind === 'scaleCheck') checkScale(context);
  else if (timer.kind === 'schedule') runSchedule(context, timer.instanceId);
  else if (timer.kind === 'launchDeadline') checkLaunchDeadline(context, timer.instanceId);
  else if (timer.kind === 'inactive' || timer.kind === 'expunge') giveUp(context, timer);
  else simulated.fire(timer);
  settle(context);
}

function emit(context: Context, hub: EventHub, event: EmulatorEvent): void {
  const isDropped = ({ events }: { readonly events?: readonly string[] }) => events?.includes(event.eventType) ?? true;
  if (context.faults.find('dropEvents', isDropped) === undefined) hub.publish(event);
}

function faultControls(context: Context, hub: EventHub, { review }: SimulatedRuntime, changed: () => void) {
  return {
    setFault: (fault: Fault) => {
      if (fault.kind === 'dropStreams') {
        hub.closeAll();
        return 'done';
      }
      const id = context.faults.add(fault);
      reviewAgents(context);
      review();
      changed();
      return id;
    },
    clearFaults: (id?: string) => {
      context.faults.clear(id);
      reviewAgents(context);
      review();
      changed();
    },
  };
}

function seedApp(context: Context, app: JsonObject & { readonly id: string }): void {
  const { world, clock } = context;
  const id = absoluteId(app.id);
  const wish = readApp(context, app, id);
  world.instances = world.instances.filter((each) => each.appId !== id);
  if (isSameJson(world.apps[id] ?? null, wish)) return;
  store(context, id, null);
  const silent: Context = { ...context, emit: () => undefined };
  const deployment = changeApps(silent, { wishes: { [id]: wish }, force: true });
  world.deployments = world.deployments.filter((other) => other !== deployment);
  const spec = world.apps[id];
  for (let count = 0; spec !== undefined && count < spec.instances; count += 1) createInstance(silent, spec);
  launchScheduled(silent);
  const now = new Date(clock.now()).toISOString();
  for (const instance of instancesOf(context, id).filter((each) => each.condition === 'Staging')) {
    // A real task comes up in its own time.
    if (!context.runtime.isSimulated(runtimeTaskOf(world, instance))) continue;
    world.timers = world.timers.filter((timer) => timer.instanceId !== instance.id);
    instance.condition = 'Running';
    instance.startedAt = now;
    instance.ready = true;
    noteStatus(context, instance, 'TASK_RUNNING');
    instance.checks = allPassed(instance.spec, now);
    instance.alive = instance.checks.length > 0 ? true : undefined;
  }
}
