import { advance } from '../../src/engine/advance';
import { executionKind } from '../../src/engine/document-kinds';
import { applySignal } from '../../src/engine/signals';
import type { Execution, Stage } from '../../src/model/execution';
import { isComplete, isHalt, isPassed, type ExecutionStatus } from '../../src/model/status';
import { createCrashPoints } from '../support/crash-points';
import { buildEngine, buildRegistry, drive, statuses, type Step } from '../support/engine-kit';
import { writtenPipeline } from '../support/expression-kit';
import { createManualClock } from '../support/manual-clock';
import { createMemoryStore } from '../support/memory-store';
import { createRandom, type Random } from '../support/random';
import {
  drawHappenings,
  drawPipeline,
  scriptedStage,
  type Beginning,
  type Happening,
} from '../support/random-pipeline';

const runs = Number(process.env.PIPELINE_RUNS ?? 300);
const day = 24 * 3_600_000;

const topLevel = (execution: Execution) => execution.stages.filter((stage) => stage.parentStageId === undefined);
const siblingsBefore = (execution: Execution, stage: Stage) =>
  execution.stages.filter(
    (other) => other.parentStageId === stage.parentStageId && stage.requisiteStageRefIds.includes(other.refId),
  );

/** What is wrong with the way a stage began; nothing where it may. */
function judgeBeginning({ execution, stage }: Beginning): readonly string[] {
  const early = siblingsBefore(execution, stage).filter(({ status }) => !isPassed(status));
  const parent = execution.stages.find(({ id }) => id === stage.parentStageId);
  const isWayBack = stage.onCancel === true;
  return [
    ...early.map(({ id, status }) => `${stage.id} began while ${id} was ${status}`),
    ...(parent !== undefined && parent.status !== 'RUNNING' && !isWayBack
      ? [`${stage.id} began while ${parent.id} was ${parent.status}`]
      : []),
  ];
}

/** The status that the stages call for (semantics §6.2), worked out from their end alone. */
function expectedStatus(execution: Execution): ExecutionStatus {
  if (execution.canceled !== undefined) return 'CANCELED';
  const stages = topLevel(execution);
  const all = new Set(stages.map(({ status }) => status));
  if (all.has('TERMINAL')) return 'TERMINAL';
  if (stages.some(({ status, context }) => status === 'STOPPED' && context.completeOtherBranchesThenFail === true))
    return 'TERMINAL';
  return 'SUCCEEDED';
}

/** What is wrong with the end of an execution. */
function judgeEnd(execution: Execution): readonly string[] {
  if (!isComplete(execution.status)) return [`it did not end: ${execution.status}`];
  const wrong: string[] = [];
  const expected = expectedStatus(execution);
  if (execution.status !== expected) wrong.push(`it is ${execution.status}, and should be ${expected}`);
  const wasCutShort = execution.status === 'CANCELED' || execution.status === 'TERMINAL';
  for (const stage of execution.stages) {
    if (stage.status === 'RUNNING') wrong.push(`${stage.id} runs still`);
    if (stage.tasks.some(({ status }) => status === 'RUNNING')) wrong.push(`a task of ${stage.id} runs still`);
  }
  for (const stage of topLevel(execution)) {
    const before = siblingsBefore(execution, stage);
    if (stage.status === 'NOT_STARTED' && !wasCutShort && before.every(({ status }) => isPassed(status)))
      wrong.push(`${stage.id} was forgotten`);
    if (stage.status !== 'NOT_STARTED' && before.some(({ status }) => isHalt(status)))
      wrong.push(`${stage.id} is ${stage.status} after a halt`);
    if (stage.failure !== undefined && isPassed(stage.status) && stage.status !== 'FAILED_CONTINUE')
      wrong.push(`${stage.id} is ${stage.status} with a failure`);
  }
  return wrong;
}

type Run = { readonly done: Execution; readonly wrong: readonly string[]; readonly passed: number };

/** Runs a pipeline on virtual time; what happens meanwhile comes at its moments, and the process stops at `crashes`. */
async function run(
  steps: readonly Step[],
  {
    happenings = [],
    crashes = [],
  }: { readonly happenings?: readonly Happening[]; readonly crashes?: readonly number[] } = {},
): Promise<Run> {
  const clock = createManualClock();
  const store = createMemoryStore(() => clock.now());
  const points = createCrashPoints(new Set(crashes));
  const wrong: string[] = [];
  const registry = buildRegistry<undefined>([scriptedStage((beginning) => wrong.push(...judgeBeginning(beginning)))]);
  const engine = buildEngine({ store: points.wrap(store), clock, registry, services: undefined });
  const execution = writtenPipeline(steps);
  await store.create(executionKind, execution.id, execution, { due: clock.now() });
  const began = clock.now();
  const handle = (loaded: Execution, owner: string) => {
    points.boot();
    return advance(engine, loaded, owner);
  };
  const driveFor = (maxMs: number) => drive({ store, clock, id: execution.id, handle, maxMs });
  const signal = (type: Happening['type'], stageId: string) =>
    store.update(
      executionKind,
      execution.id,
      (current) => applySignal(current, { type, stageId, user: 'U0BOB' }, clock.now()).execution,
      { due: () => clock.now() },
    );
  for (const { atMs, type, stageId } of happenings) {
    await driveFor(Math.max(0, began + atMs - clock.now()));
    await clock.advance(Math.max(0, began + atMs - clock.now()));
    await signal(type, stageId);
  }
  let done = await driveFor(day);
  if (done.status === 'PAUSED') {
    await signal('resume', '1');
    done = await driveFor(day);
  }
  return { done, wrong: [...wrong, ...judgeEnd(done)], passed: points.passed() };
}

const outcomeOf = ({ done }: Run) => [
  done.status,
  ...statuses(done).toSorted(),
  ...done.stages.map(({ outputs }) => JSON.stringify(outputs)).toSorted(),
];

/** Checks one seed; the words say what was wrong, and how to run it again. */
async function check(seed: number, judge: (random: Random) => Promise<readonly string[]>): Promise<readonly string[]> {
  const wrong = await judge(createRandom(seed));
  return wrong.length === 0 ? [] : [`seed ${seed}: ${wrong.slice(0, 3).join('; ')}`];
}

async function checkAll(first: number, count: number, judge: (random: Random) => Promise<readonly string[]>) {
  const wrong: string[] = [];
  for (let seed = first; seed < first + count && wrong.length < 5; seed += 1) wrong.push(...(await check(seed, judge)));
  return wrong;
}

describe('random pipelines', () => {
  // A run with crashes takes three times as long.
  const stopped = Math.floor(runs / 6);

  it('end as the rules say, whatever happens to them meanwhile', async () => {
    const judge = async (random: Random) => {
      const steps = drawPipeline(random, { halts: true });
      return (await run(steps, { happenings: drawHappenings(random, steps) })).wrong;
    };
    expect(await checkAll(1, runs - 2 * stopped, judge)).toEqual([]);
  }, 300_000);

  it('end as the rules say where the process stops besides, at any moment of what happens', async () => {
    const judge = async (random: Random) => {
      const steps = drawPipeline(random, { halts: true });
      const happenings = drawHappenings(random, steps);
      const { passed, wrong } = await run(steps, { happenings });
      const crashes = Array.from({ length: 3 }, () => 1 + Math.floor(random() * passed));
      const stoppedRun = await run(steps, { happenings, crashes });
      return [...wrong, ...stoppedRun.wrong.map((each) => `crashes at ${crashes.join(', ')}: ${each}`)];
    };
    expect(await checkAll(2_000_000, stopped, judge)).toEqual([]);
  }, 300_000);

  it('come to the same end when the process stops in the middle and goes on', async () => {
    const judge = async (random: Random) => {
      const steps = drawPipeline(random, { halts: false });
      const whole = await run(steps);
      const crashes = Array.from({ length: 3 }, () => 1 + Math.floor(random() * whole.passed));
      const resumed = await run(steps, { crashes });
      const isSame = JSON.stringify(outcomeOf(resumed)) === JSON.stringify(outcomeOf(whole));
      return [...whole.wrong, ...resumed.wrong, ...(isSame ? [] : [`crashes at ${crashes.join(', ')} change the end`])];
    };
    expect(await checkAll(1_000_000, stopped, judge)).toEqual([]);
  }, 300_000);
});
