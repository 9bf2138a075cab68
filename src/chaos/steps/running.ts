import { executionKind } from '../../engine/document-kinds';
import type { StartRefusal } from '../../engine/start-execution';
import type { Execution } from '../../model/execution';
import { isComplete } from '../../model/status';
import type { ChaosWorld } from '../chaos-world';
import { isOfChaos, startKill } from '../kill-execution';
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

/** Whether nothing but another kill of ours keeps it away, which is over soon. */
async function isBehindOurs({ store }: ChaosWorld, refusal: StartRefusal): Promise<boolean> {
  if (!('executionId' in refusal)) return false;
  const holder = (await store.get(executionKind, refusal.executionId))?.document;
  return holder !== undefined && isOfChaos(holder);
}

async function start(world: ChaosWorld, kill: KillIn<'running'>, now: number): Promise<StepResult> {
  const { victim, state } = kill;
  const by = state.by === undefined ? {} : { by: state.by };
  const found = victim && environmentOf(world, victim, kill.group.application);
  if (victim === undefined || found === undefined || now > state.notAfter)
    return spared(now, 'It could not begin in time.', by);
  const { refusal } = await startKill(world, { ...kill, victim, state }, found.application, found.environment);
  if (refusal === undefined || (await isBehindOurs(world, refusal))) return { again: soonMs };
  return spared(now, 'Somebody else works on the cluster.', by);
}

/** Its execution is started, once, and followed to its end. */
export const running: Step<'running'> = async (world, kill, now) => {
  const { executionId, by } = kill.state;
  const execution = (await world.store.get(executionKind, executionId))?.document;
  if (execution === undefined || execution.isAsked === true) return start(world, kill, now);
  if (!isComplete(execution.status)) return { again: soonMs };
  const at = killedAt(execution);
  const who = by === undefined ? {} : { by };
  if (at === undefined) return spared(now, whyNot(execution), { ...who, executionId });
  return { to: { is: 'recovering', executionId, killedAt: at, ...who } };
};
