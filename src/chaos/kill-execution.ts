import { draftOf } from '../definitions/draft-of';
import { startExecution, type StartAnswer } from '../engine/start-execution';
import type { Application, Environment } from '../model/application';
import { auditedSelf } from '../model/audit';
import type { ExecutionDraft } from '../model/command';
import type { Execution } from '../model/execution';
import { locationName } from '../model/server-group';
import type { ChaosWorld } from './chaos-world';
import type { Kill, KillState, Victim } from './documents';

/** Begins the correlation ids of our executions: no command's id has a slash. */
const ours = 'chaos/';

/** Whether an execution is a kill of Chaos Monkey. */
export const isOfChaos = ({ trigger }: Execution): boolean => trigger.correlationId.startsWith(ours);

/** How long an execution may wait for its start, in milliseconds. */
const startMs = 60_000;

/** The message in which a kill asks. */
export const cardIdOf = ({ id }: Pick<Kill, 'id'>): string => `${id}/card`;

/** A kill that is under way. */
export type RunningKill = Kill & { readonly victim: Victim; readonly state: Extract<KillState, { is: 'running' }> };

/** What `terminateInstances` is to do, reporting in the thread of its card where there is one. */
function draftKill(kill: RunningKill, application: Application, environment: Environment): ExecutionDraft {
  const { victim, channel, teamId, state } = kill;
  const { location, cluster, serverGroup, instanceId } = victim;
  const thread = kill.hasCard === true ? { threadOf: cardIdOf(kill) } : {};
  const draft = draftOf({
    kind: 'operation',
    name: `Chaos: terminate ${instanceId} in ${locationName(location)}`,
    application,
    environment,
    locations: [location],
    stages: [
      {
        refId: '1',
        requisiteStageRefIds: [],
        type: 'terminateInstances',
        name: `Terminate ${instanceId}`,
        context: {
          location,
          cluster,
          serverGroupName: serverGroup,
          instanceIds: [instanceId],
          notAfter: state.notAfter,
        },
      },
    ],
    run: { parameters: {}, startExpiryMs: startMs },
    report: channel === undefined ? undefined : { teamId, channel, ...thread },
    reason: 'Chaos Monkey',
  });
  // Nobody has asked for it, so that nobody is told directly.
  return { ...draft, definition: { ...draft.definition, notify: { ...draft.definition.notify, requester: [] } } };
}

/** Starts the execution of a kill, once; for whoever pressed Now, else for Coxswain itself. */
export const startKill = (
  { store, clock, signal }: ChaosWorld,
  kill: RunningKill,
  application: Application,
  environment: Environment,
): Promise<StartAnswer> =>
  startExecution(
    { store, clock, signal },
    {
      id: kill.state.executionId,
      teamId: kill.teamId,
      draft: draftKill(kill, application, environment),
      trigger: {
        type: 'manual',
        user: kill.state.by ?? auditedSelf,
        parameters: {},
        origin: { surface: 'coxswain' },
        correlationId: `${ours}${kill.id}`,
      },
    },
  );
