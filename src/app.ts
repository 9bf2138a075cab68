import { verbs } from '../commands';
import { processCommand } from '../commands/support/process-command';
import { retryPermission } from '../commands/support/retry-permission';
import type { VerbWorld } from '../commands/support/verb';
import { createChildPipelines } from './child-pipelines';
import { createAbandoning, createAdoption } from './engine/adopt-child';
import { advance, type EngineWorld } from './engine/advance';
import { signalFact } from './engine/audit-execution';
import type { Clock } from './engine/clock';
import { commandKind, executionKind, expiryKind } from './engine/document-kinds';
import { createExecutionDrain } from './engine/drain-execution';
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
import type { Execution } from './model/execution';
import { createAuditLog } from './policy/audit/audit-log';
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
export type ExecutorParts = Omit<VerbWorld, 'people' | 'signal' | 'settings' | 'show' | 'record'> & {
  /** Jobs of the clusters that are defined. */
  readonly jobs: Services['jobs'];
  /** Fetches what expressions ask for. */
  readonly fetchText: Services['fetchText'];
  /** Where absent: the masters that the definitions name, over HTTP. */
  readonly jenkins?: Services['jenkins'];
  /** Where absent: to public addresses only, without secrets of the environment. */
  readonly webhooks?: Services['webhooks'];
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

/** What the executor handles. */
export const executorKinds = [commandKind, executionKind, expiryKind] as const;

/** The handlers of the executor: commands are planned and answered, executions advanced, what was kept is destroyed. */
export function createExecutorHandlers(
  parts: ExecutorParts,
): Readonly<Record<'command' | 'execution' | 'expiry', DueHandler>> {
  const { store, clock, serverGroups, jobs, fetchText, onError } = parts;
  const settings = createUserSettings(createKeyvStore(store, clock));
  const trafficGuard = createTrafficGuard(store, serverGroups);
  const jobTurns = createJobTurns(store, clock);
  const { jenkins = createJenkinsMasters(parts.definitions, clock), webhooks = createWebhooks({ clock }) } = parts;
  const peopleNow = createPeopleReader({
    ...parts,
    onFailure: (error) => onError(error, `people of ${parts.teamId}`),
  });
  // What happens by itself goes on while the chat is away.
  const people = (users: readonly string[] = []) => readPeople(store, parts.teamId, users);
  const signal = createSignal(store, clock);
  const audit = createAuditLog({ store, clock, teamId: parts.teamId, secrets: parts.secrets ?? [] });
  const mayRetry = async (execution: Execution, user: string): Promise<boolean> =>
    (await retryPermission({ ...parts, people }, execution, user)).allowed;
  const childPipelines = createChildPipelines({ ...parts, people, signal });
  const expiries = createExpiries(store);
  const engine: EngineWorld<Services> = {
    store,
    clock,
    registry: guardReach(stageRegistry, { definitions: parts.definitions, people }),
    services: { serverGroups, jobs, jobTurns, trafficGuard, expiries, fetchText, jenkins, webhooks, childPipelines },
    render: executionRenderer,
    drain: createExecutionDrain({
      store,
      clock,
      render: executionRenderer,
      tellsRequester: createRequesterWishes(settings),
      judges: createJudges({ store, teamId: parts.teamId, settings }),
      record: audit.record,
      adopt: createAdoption({ store, mayRetry, signal }),
      abandon: createAbandoning({ signal }),
      passOn: async ({ id, executionId, signal: type, user }) => {
        await signal(executionId, { type, user }, id);
      },
    }),
  };
  const world: VerbWorld = {
    ...parts,
    settings,
    people: peopleNow,
    show: executionRenderer.live,
    signal,
    record: audit.record,
  };
  return {
    command: (claimed, owner) => processCommand(verbs, world, claimed, owner),
    expiry: createExpiryHandler({ store, clock, serverGroups, trafficGuard, onError, record: audit.record }),
    execution: (claimed, owner) => advance(engine, claimed.document as Execution, owner),
  };
}
