import { stageRegistry } from '../../src/app';
import { executionKind } from '../../src/engine/document-kinds';
import { isComplete } from '../../src/model/status';
import type { Execution, StageContext } from '../../src/model/execution';
import { east } from '../dcos/builders';
import { driveUntil } from '../support/drive-until';
import { parentOf } from '../support/child-kit';
import { buildPipeline, stageOf } from '../support/engine-kit';
import { sendSignal } from '../support/send-signal';
import { crashEverywhere } from '../support/stage-crashes';
import { createStageBench } from '../support/stage-kit';
import { matrix, matrixApplications, seedMatrix, stateOf, type Bench, type Row } from '../support/stage-matrix';

const rows = Object.entries(matrix);

/** Only what starts others must be of an environment that a file has. */
function build(type: string, { context }: Row, over: StageContext = {}): Execution {
  const step = { ref: '1', type, context: { locations: [east], cluster: 'foo-dev', ...context, ...over } };
  return type === 'pipeline' ? parentOf([step]) : buildPipeline([step]);
}

/** The effects of a run, which carry the id of the execution that had them: a new one for every child. */
const effectsOf = ({ serverGroups, jobs }: Bench): readonly string[] =>
  [...serverGroups.effects, ...jobs.effects].map((effect) => effect.replace(/ N\d+\//, ' child/'));

/** Where people are asked they decide: `stop` where the stage's context says that it is rejected. */
async function decideAll(bench: Bench): Promise<Execution> {
  const seen = await bench.drive('E1', 1000);
  const { type, status, context } = stageOf(seen, '1');
  if (type === 'manualJudgment' && status === 'RUNNING') {
    const decision = context.rejects === true ? 'stop' : 'continue';
    expect(await sendSignal(bench, { type: 'judge', decision, stageId: '1', user: 'U0ANN', reason: 'no' })).toBe('');
  }
  return bench.drive('E1');
}

async function begin(type: string, row: Row, over?: StageContext, prepare?: (bench: Bench) => void) {
  const bench = createStageBench(undefined, matrixApplications);
  seedMatrix(bench);
  prepare?.(bench);
  await bench.start(build(type, row, over));
  return bench;
}

it('has a row for every stage type that files may name', () => {
  expect(rows.map(([type]) => type).sort()).toEqual([...stageRegistry.types]);
});

describe.each(rows)('%s', (type, row) => {
  it('succeeds', async () => {
    const bench = await begin(type, row);
    const done = await decideAll(bench);
    expect(done.stages.flatMap(({ failure }) => failure?.message ?? [])).toEqual([]);
    expect([done.status, ...stateOf(bench)]).toEqual(['SUCCEEDED', ...row.success]);
  });

  it('fails, and says why', async () => {
    const { context, by, code } = row.failure;
    const bench = await begin(type, row, context, by);
    const done = await decideAll(bench);
    const { failure } = stageOf(done, '1');
    expect([done.status, failure?.code]).toEqual(['TERMINAL', code]);
    expect(failure?.message).not.toBe('');
  });

  it('ends where it is canceled, and what it did is undone as far as it can be', async () => {
    const { when, by, left } = row.cancel;
    const bench = await begin(type, row, {}, by);
    if (type !== 'evaluateVariables') await driveUntil(bench, (execution) => when(bench, execution));
    expect(await sendSignal(bench, { type: 'cancel', user: 'U0BOB' })).toBe('');
    const done = await bench.drive('E1');
    expect([done.status, ...stateOf(bench)]).toEqual(['CANCELED', ...left]);
    expect(done.stages.flatMap(({ failure }) => failure?.message ?? [])).toEqual([]);
  });

  it('leaves nothing at work where it runs out of time and that is ignored', async () => {
    const { by, context, code } = row.timeout;
    const bench = await begin(type, row, { ...context, continuePipeline: true }, by);
    const done = await bench.drive('E1');
    const expected = code === undefined ? stageOf(done, '1').status : 'FAILED_CONTINUE';
    expect([done.status, stageOf(done, '1').status]).toEqual(['SUCCEEDED', expected]);
    const all = await bench.store.list(executionKind);
    expect(all.filter(({ document }) => !isComplete(document.status)).map(({ id }) => id)).toEqual([]);
    const started = bench.jobs.effects.filter((effect) => effect.startsWith('run '));
    const stopped = bench.jobs.effects.filter((effect) => effect.startsWith('cancel'));
    expect(stopped).toHaveLength(started.length);
  });

  it('ends when its time is over', async () => {
    const { by, context, code, left } = row.timeout;
    const bench = await begin(type, row, context, by);
    const done = await bench.drive('E1');
    const expected = code === undefined ? 'SUCCEEDED' : 'TERMINAL';
    expect([done.status, stageOf(done, '1').failure?.code, ...stateOf(bench)]).toEqual([expected, code, ...left]);
  });

  it('can be restarted', async () => {
    const { of, left } = row.restart;
    const broken = of === 'failed' ? row.failure : undefined;
    const bench = await begin(type, row, broken?.context, broken?.by);
    expect((await decideAll(bench)).status).toBe(of === 'failed' ? 'TERMINAL' : 'SUCCEEDED');
    expect(await sendSignal(bench, { type: 'retryStage', stageId: '1', user: 'U0BOB' })).toBe('');
    const done = await decideAll(bench);
    expect([done.status, stageOf(done, '1').attempt, ...stateOf(bench)]).toEqual(['SUCCEEDED', 2, ...left]);
  });

  it('ends the same wherever the process stops', async () => {
    const { end, points, differing } = await crashEverywhere({
      seed: seedMatrix,
      applications: matrixApplications,
      execution: () => build(type, row, { stageTimeoutMs: 600_000 }),
      // Its parts have rows of their own.
      every: type === 'deploy' ? 5 : 1,
      end: ({ status }, bench) => [status, ...effectsOf(bench), ...stateOf(bench)],
    });
    // Nobody decides here, so that a judgment ends by its time.
    const expected = type === 'manualJudgment' ? 'TERMINAL' : 'SUCCEEDED';
    expect(end).toEqual(expect.arrayContaining([expected, ...row.success]));
    expect(points).toBeGreaterThan(1);
    expect(differing).toEqual([]);
  }, 120_000);
});
