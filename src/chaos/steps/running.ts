import { executionKind } from '../../engine/document-kinds';
import { withdraw } from '../../engine/start-execution';
import type { Execution } from '../../model/execution';
import { isComplete } from '../../model/status';
import type { ChaosWorld } from '../chaos-world';
import { startKill } from '../kill-execution';
import { mayKill } from '../may-kill';
import { environmentOf, spared, type KillIn, type Step, type StepResult } from '../step';

const soonMs = 2_000;

/** When the kill was sent; undefined where it was not. */
function killedAt({ stages }: Execution): number | undefined {
  const tasks = stages.filter(({ type }) => type === 'terminateInstances').flatMap((stage) => stage.tasks);
  return tasks.find(({ name, status }) => name === 'terminateInstances' && status === 'SUCCEEDED')?.endTime;
}

function whyNot({ stages, status, canceled }: Execution): string {
  const failure = stages.find((stage) => stage.failure !== undefined)?.failure;
  return failure?.message ?? canceled?.reason ?? `Its execution ended ${status}.`;
}

/** Starts it, where every check still says that it may: it may have been let go long ago. */
async function start(world: ChaosWorld, kill: KillIn<'running'>, now: number): Promise<StepResult> {
  const { victim, state } = kill;
  const by = state.by === undefined ? {} : { by: state.by };
  const found = victim && environmentOf(world, victim, kill.group.application);
  const giveUp = async (reason: string): Promise<StepResult> =>
    (await withdraw(world.store, state.executionId)) ? spared(now, reason, by) : { again: soonMs };
  if (victim === undefined || found === undefined || now > state.notAfter) return giveUp('It could not begin in time.');
  const allowed = await mayKill(world, kill, now);
  if ('refusal' in allowed) return giveUp(allowed.refusal);
  const { refusal } = await startKill(world, { ...kill, victim, state }, found.application, found.environment);
  return refusal === undefined ? { again: soonMs } : spared(now, 'Somebody else works on the cluster.', by);
}

/** Whether everything was stopped since it was let go, and goes on again. */
const isStoppedSince = async ({ lastStop }: ChaosWorld, { state }: KillIn<'running'>): Promise<boolean> =>
  state.lastStop !== undefined && (await lastStop()) !== state.lastStop;

/** Whether an execution was paused, or waits for its start: it does not go on without being asked again, so it ends. */
const isHeldUp = ({ paused, admission }: Execution): boolean => paused !== undefined || admission?.waited === true;

async function callOff({ signal }: ChaosWorld, { id, trigger, canceled }: Execution): Promise<StepResult> {
  const reason = 'It was held up before it was killed, and is not made up for.';
  if (canceled === undefined) await signal(id, { type: 'cancel', user: trigger.user, reason }, `${id}/heldUp`);
  return { again: soonMs };
}

/** Its execution is started, once, and followed to its end. */
export const running: Step<'running'> = async (world, kill, now) => {
  const { executionId, by } = kill.state;
  const execution = (await world.store.get(executionKind, executionId))?.document;
  if (execution === undefined || execution.isAsked === true) return start(world, kill, now);
  if (!isComplete(execution.status)) {
    const ends = isHeldUp(execution) || (await isStoppedSince(world, kill));
    return ends ? callOff(world, execution) : { again: soonMs };
  }
  const at = killedAt(execution);
  const who = by === undefined ? {} : { by };
  if (at === undefined) return spared(now, whyNot(execution), { ...who, executionId });
  return { to: { is: 'recovering', executionId, killedAt: at, ...who } };
};
