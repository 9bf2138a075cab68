import { verbs } from '../commands';
import { createAskAgain, createLookAgain } from '../commands/support/look-again';
import { processCommand } from '../commands/support/process-command';
import { retryPermission } from '../commands/support/retry-permission';
import type { VerbWorld } from '../commands/support/verb';
import { randomBytes } from 'node:crypto';
import {
  createChaos,
  createKillHandler,
  createScheduleHandler,
  createSwitchHandler,
  killKind,
  scheduleKind,
  switchKind,
} from './chaos';
import type { ChaosWorld } from './chaos';
import { createChildPipelines } from './child-pipelines';
import { createAbandoning, createAdoption } from './engine/adopt-child';
import { advance, type EngineWorld } from './engine/advance';
import { signalFact } from './engine/audit-execution';
import type { Clock } from './engine/clock';
import { correlationKind, createCorrelationHandler } from './engine/correlation';
import { commandKind, executionKind, expiryKind, reviewKind } from './engine/document-kinds';
import { createExecutionDrain, type DrainParts } from './engine/drain-execution';
import { fold, foldUnsettled } from './engine/fold';
import { mostDocumentBytes, type DocumentStore } from './engine/ports/document-store';
import type { DueHandler } from './engine/ports/wake';
import { createStageRegistry } from './engine/registry';
import { createExecutionRenderer } from './engine/render-execution';
import { applySignal, type Signal, type SignalOutcome } from './engine/signals';
import { isTooLarge, mostBytesOf } from './engine/too-large';
import { createExpiries, createExpiryHandler } from './expire-server-groups';
import { guardReach } from './guard-reach';
import { createJobTurns, createTrafficGuard } from './guards';
import { createWebhooks } from './http-client/webhooks';
import { createJenkinsMasters } from './jenkins/jenkins-masters';
import { defaultChaosSettings } from './model/chaos';
import { holdText } from './model/hold';
import { plainText } from './model/text';
import type { Execution } from './model/execution';
import { servingPromise } from './model/serving-promise';
import { createAuditLog } from './policy/audit/audit-log';
import { createHolds } from './policy/locks/create-holds';
import { createRollbackLock } from './policy/locks/lock-after-rollback';
import { environmentLockKind } from './policy/locks/documents';
import { createLockHandler } from './policy/locks/lock-handler';
import { holdOfLock, listLocks, type HeldPlace } from './policy/locks/locks';
import { holdOfStop, readLastStop, readStop, stopKind } from './policy/stop';
import { createStopHandler } from './policy/stop-handler';
import { createReviewHandler } from './remind-reviews';
import { createPeopleReader, readPeople, type PeopleDirectory } from './policy/people';
import { createJudges } from './judges';
import { createRequesterWishes } from './requester-wishes';
import type { Services } from './services';
import { stages } from './stages';
import { createKeyvStore } from './store/keyv-store';
import { createUserSettings } from './store/user-settings';
import { concludeFailed } from './strategies';

/** All stage types. */
export const stageRegistry = createStageRegistry(stages);

/** How executions are shown. */
export const executionRenderer = createExecutionRenderer(stageRegistry, concludeFailed);

/** What the executor works with; everything else is put together here. */
export type ExecutorParts = Omit<VerbWorld, 'people' | 'signal' | 'settings' | 'show' | 'record' | 'chaos'> & {
  /** Jobs of the clusters that are defined. */
  readonly jobs: Services['jobs'];
  /** Fetches what expressions ask for. */
  readonly fetchText: Services['fetchText'];
  /** Where absent: the masters that the definitions name, over HTTP. */
  readonly jenkins?: Services['jenkins'];
  /** Where absent: to public addresses only, without secrets of the environment. */
  readonly webhooks?: Services['webhooks'];
  /** What the operator says of chaos, and where its draws come from. @default off, and random */
  readonly chaos?: Partial<Pick<ChaosWorld, 'settings' | 'newSeed'>>;
  /** Asks the chat who is who; where absent, what was last seen counts. */
  readonly directory?: PeopleDirectory;
  /** Values that must not get into the audit log; none by default. */
  readonly secrets?: readonly string[];
  /** Told of what failed and is tried again by itself. */
  readonly onError: (error: unknown, documentId: string) => void;
};

const signalsKept = 50;

function createSignal(store: DocumentStore, clock: Clock) {
  const settings = (now: number) => ({ registry: stageRegistry, now, render: executionRenderer });
  return async (executionId: string, signal: Signal, signalId: string): Promise<SignalOutcome> => {
    let outcome: SignalOutcome = { accepted: false, code: 'NOT_FOUND', message: 'This execution no longer exists.' };
    const now = clock.now();
    const change = (execution: Execution): Execution => {
      if (execution.signals?.includes(signalId) === true) {
        outcome = { accepted: true };
        return execution;
      }
      const signaled = applySignal(execution, signal, now);
      outcome = signaled.outcome;
      if (!signaled.outcome.accepted) return execution;
      const signals = [...(execution.signals ?? []), signalId].slice(-signalsKept);
      const told = signalFact(execution, signal, { id: signalId, now });
      return { ...signaled.execution, signals, events: [...signaled.execution.events, told] };
    };
    const save = (folding: typeof fold, maxBytes: (execution: Execution) => number) =>
      store.update(executionKind, executionId, (execution) => folding(execution, change, settings(now)), { maxBytes });
    // What follows from the signal may not fit: then the executor finds that out, and the signal counts all the same.
    await save(fold, mostBytesOf).catch((error: unknown) => {
      if (!isTooLarge(error)) throw error;
      return save(foldUnsettled, () => mostDocumentBytes);
    });
    await store.touch(executionKind, executionId, now);
    return outcome;
  };
}

/** Has an execution shown without what would be refused; doing it again changes nothing. */
function createClosing(store: DocumentStore, clock: Clock) {
  return async (executionId: string): Promise<void> => {
    const now = clock.now();
    const settings = { registry: stageRegistry, now, render: executionRenderer };
    const change = (execution: Execution): Execution =>
      execution.isClosed === true ? execution : { ...execution, isClosed: true };
    await store.update(executionKind, executionId, (execution) => fold(execution, change, settings));
    await store.touch(executionKind, executionId, now);
  };
}

/** Pauses and resumes an execution as the one that waits for it was. */
const createPassingOn =
  (signal: VerbWorld['signal']): DrainParts['passOn'] =>
  async ({ id, executionId, signal: type, user, via }) => {
    await signal(executionId, { type, user, via }, id);
  };

/** What the executor handles. */
export const executorKinds = [
  commandKind,
  executionKind,
  expiryKind,
  environmentLockKind,
  stopKind,
  reviewKind,
  killKind,
  scheduleKind,
  switchKind,
  correlationKind,
] as const;

type HandledKind =
  | 'command'
  | 'execution'
  | 'expiry'
  | 'environment-lock'
  | 'stop'
  | 'review'
  | 'kill'
  | 'chaos-schedule'
  | 'chaos-switch'
  | 'correlation';

/** Chaos as the operator wants it; a stop of everything and the lock of an environment hold it back. */
const chaosWorld = (
  { chaos = {}, ...parts }: ExecutorParts,
  more: Pick<ChaosWorld, 'signal' | 'record'>,
): ChaosWorld => ({
  settings: defaultChaosSettings,
  newSeed: () => randomBytes(32).toString('hex'),
  stopped: async () => {
    const stop = await readStop(parts.store, parts.teamId);
    return stop && plainText(holdText(holdOfStop(stop)));
  },
  lastStop: () => readLastStop(parts.store, parts.teamId),
  locks: async () => {
    const held = await listLocks(parts.store, parts.teamId, parts.clock.now());
    return ({ name }, environment) => {
      const isThere = ({ place }: HeldPlace) => place.application === name && place.environment === environment.name;
      const lock = held.find(isThere)?.lock;
      return lock && plainText(holdText(holdOfLock(lock)));
    };
  },
  ...chaos,
  ...parts,
  ...more,
});

/** What stages may ask for. */
function createServices(parts: ExecutorParts, childPipelines: Services['childPipelines']): Services {
  const { store, clock, definitions, serverGroups, jobs, fetchText } = parts;
  const { jenkins = createJenkinsMasters(definitions, clock), webhooks = createWebhooks({ clock }) } = parts;
  const trafficGuard = createTrafficGuard(store, serverGroups, (cluster, location) =>
    servingPromise(definitions(), cluster, location),
  );
  const [jobTurns, expiries] = [createJobTurns(store, clock), createExpiries(store)];
  return { serverGroups, jobs, jobTurns, trafficGuard, expiries, fetchText, jenkins, webhooks, childPipelines };
}

/** The handlers of the executor: commands are planned and answered, executions advanced, what was kept is destroyed, chaos let loose. */
export function createExecutorHandlers(parts: ExecutorParts): Readonly<Record<HandledKind, DueHandler>> {
  const { store, clock, onError } = parts;
  const settings = createUserSettings(createKeyvStore(store, clock));
  const peopleNow = createPeopleReader({ ...parts, onFailure: (error) => onError(error, `people of ${parts.teamId}`) });
  // What happens by itself goes on while the chat is away.
  const people = (users: readonly string[] = []) => readPeople(store, parts.teamId, users);
  const signal = createSignal(store, clock);
  const holds = createHolds(parts);
  const audit = createAuditLog({ store, clock, teamId: parts.teamId, secrets: parts.secrets ?? [] });
  const mayRetry = async (execution: Execution, user: string): Promise<boolean> =>
    (await retryPermission({ ...parts, people }, execution, user)).allowed;
  const childPipelines = createChildPipelines({ ...parts, people, signal, close: createClosing(store, clock) });
  const chaos = chaosWorld(parts, { signal, record: audit.record });
  const world: VerbWorld = {
    ...parts,
    chaos: createChaos(chaos),
    settings,
    people: peopleNow,
    show: executionRenderer.live,
    signal,
    record: audit.record,
  };
  const services = createServices(parts, childPipelines);
  const engine: EngineWorld<Services> = {
    store,
    clock,
    registry: guardReach(stageRegistry, { ...parts, holds, people }),
    services,
    render: executionRenderer,
    holds,
    lookAgain: createLookAgain(verbs, { ...world, people }),
    drain: createExecutionDrain({
      store,
      clock,
      render: executionRenderer,
      tellsRequester: createRequesterWishes(settings),
      judges: createJudges({ store, teamId: parts.teamId, settings }),
      record: audit.record,
      adopt: createAdoption({ store, mayRetry, signal }),
      abandon: createAbandoning({ signal }),
      askAgain: createAskAgain({ ...world, people }),
      lockAfter: createRollbackLock({ store, clock }),
      passOn: createPassingOn(signal),
    }),
  };
  return {
    command: (claimed, owner) => processCommand(verbs, world, claimed, owner),
    expiry: createExpiryHandler({ ...parts, trafficGuard: services.trafficGuard, record: audit.record }),
    'environment-lock': createLockHandler({ store, clock, record: audit.record }),
    stop: createStopHandler({ store, clock, record: audit.record, signal }),
    review: createReviewHandler(parts),
    correlation: createCorrelationHandler(parts),
    kill: createKillHandler(chaos),
    'chaos-schedule': createScheduleHandler(chaos),
    'chaos-switch': createSwitchHandler(chaos),
    execution: (claimed, owner) => advance(engine, claimed.document as Execution, owner),
  };
}
