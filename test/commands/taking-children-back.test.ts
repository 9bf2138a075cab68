import type { Pipeline, PipelineStage } from '../../src/model/application';
import { outcomeName } from '../../src/engine/outcome-name';
import type { StageContext } from '../../src/model/execution';
import { east } from '../dcos/builders';
import { createCommandBench, wordsOf } from '../support/command-kit';
import { west } from '../support/stage-kit';

const stage = (type: string, context: StageContext, refId = '1', after: string[] = []): PipelineStage => ({
  refId,
  requisiteStageRefIds: after,
  type,
  name: `The ${type}`,
  context,
});
const pipeline = (name: string, ...stages: readonly PipelineStage[]): Pipeline => ({ name, stages });

const deploys = (refId = '1', after: string[] = []) =>
  stage('deploy', { strategy: 'redblack', maxRemainingAsgs: 5 }, refId, after);
const runs = (context: StageContext, refId = '1', after: string[] = []) => stage('pipeline', context, refId, after);
const asks = (refId: string) => stage('manualJudgment', { onReject: 'rollback' }, refId, [String(Number(refId) - 1)]);

const children = [
  pipeline('child', deploys()),
  pipeline('between', runs({ pipeline: 'child' })),
  pipeline('both', deploys(), runs({ pipeline: 'child' }, '2', ['1'])),
  pipeline('quiet', stage('wait', { waitTime: 1 })),
];

/** A deployment of 2.0 over 1.0 in both regions by these stages, the last of which asks people. */
async function asking(...stages: readonly PipelineStage[]) {
  const bench = await createCommandBench(undefined, stages, undefined, children);
  for (const location of [east, west])
    bench.serverGroups.seed({ location, name: 'foo-prod-v000', desired: 2, image: 'repo/foo:1.0' });
  bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2, image: 'repo/foo:1.0' });
  const id = (await bench.press(await bench.say('deploy foo prod 2.0'), 'confirm')).executionId ?? '';
  await bench.drive(id, 3_600_000);
  const decide = async (name: 'reject' | 'cancelExecution') => {
    const more = name === 'reject' ? { stageId: String(stages.length), user: 'UBOB', answer: 'bad' } : {};
    await bench.choose(id, name, more);
    return bench.drive(id);
  };
  return { bench, id, decide };
}
type Bench = Awaited<ReturnType<typeof asking>>['bench'];

/** What serves where, the server groups of no size left out. */
const serving = ({ serverGroups }: Bench, environment = 'prod') =>
  [east, west].map((location) =>
    serverGroups.sizes(location).filter((size) => size.startsWith(`foo-${environment}`) && !size.endsWith('×0')),
  );
const before = [['foo-prod-v000 ×2'], ['foo-prod-v000 ×2']];

describe('a rejection that goes back', () => {
  it.each(['child', 'between', 'both'])('takes back what a child deployed: %s', async (name) => {
    const { bench, id, decide } = await asking(runs({ pipeline: name }), asks('2'));
    expect(serving(bench).flat()).not.toContain('foo-prod-v000 ×2');
    const done = await decide('reject');
    expect([done.status, outcomeName(done)]).toEqual(['TERMINAL', 'rolledBack']);
    expect(serving(bench)).toEqual(before);
    expect((await bench.live(id))?.choices?.map(({ label }) => label)).not.toContain('Roll back');
  });

  it.each([
    ['before', [runs({ pipeline: 'child' }), deploys('2', ['1']), asks('3')]],
    ['after', [deploys(), runs({ pipeline: 'child' }, '2', ['1']), asks('3')]],
  ])('takes back what a child deployed %s the execution itself', async (_when, stages) => {
    const { bench, decide } = await asking(...stages);
    expect((await decide('reject')).status).toBe('TERMINAL');
    expect(serving(bench)).toEqual(before);
  });

  it('says that it went back only where something was taken back', async () => {
    const { bench, decide } = await asking(runs({ pipeline: 'quiet' }), asks('2'));
    expect(outcomeName(await decide('reject'))).toBe('failed');
    expect(serving(bench)).toEqual(before);
  });

  it('takes back what a child deployed elsewhere', async () => {
    const { bench, decide } = await asking(runs({ pipeline: 'child', environment: 'dev' }), asks('2'));
    expect(serving(bench, 'dev')[0]).toEqual(['foo-dev-v001 ×2']);
    expect(outcomeName(await decide('reject'))).toBe('rolledBack');
    expect(serving(bench, 'dev')[0]).toEqual(['foo-dev-v000 ×2']);
  });

  it('leaves alone what others have changed elsewhere since', async () => {
    const { bench, id, decide } = await asking(runs({ pipeline: 'child', environment: 'dev' }), asks('2'));
    const newer = (await bench.say('deploy foo dev 3.0')).executionId ?? '';
    expect((await bench.drive(newer)).status).toBe('SUCCEEDED');
    const done = await decide('reject');
    expect([done.status, outcomeName(done)]).toEqual(['TERMINAL', 'failed']);
    expect(serving(bench, 'dev')[0]).toEqual(['foo-dev-v002 ×2']);
    const steps = JSON.stringify((await bench.live(id))?.steps);
    expect(steps).toContain('foo-dev stays: something newer has happened there');
  });
});

describe('a cancel', () => {
  it.each(['child', 'between', 'both'])('takes back what a child deployed that had ended: %s', async (name) => {
    const { bench, decide } = await asking(runs({ pipeline: name }), asks('2'));
    expect((await decide('cancelExecution')).status).toBe('CANCELED');
    expect(serving(bench)).toEqual(before);
  });

  it.each([
    ['before', [runs({ pipeline: 'child' }), deploys('2', ['1']), asks('3')]],
    ['after', [deploys(), runs({ pipeline: 'child' }, '2', ['1']), asks('3')]],
    [
      'before and after',
      [runs({ pipeline: 'child' }), deploys('2', ['1']), runs({ pipeline: 'child' }, '3', ['2']), asks('4')],
    ],
  ])('takes back what children deployed %s the execution itself', async (_when, stages) => {
    const { bench, decide } = await asking(...stages);
    expect((await decide('cancelExecution')).status).toBe('CANCELED');
    expect(serving(bench)).toEqual(before);
  });

  it('leaves nothing to go back from', async () => {
    const { bench, decide } = await asking(runs({ pipeline: 'child' }), asks('2'));
    await decide('cancelExecution');
    expect(wordsOf((await bench.say('rollback foo prod')).reply)).toContain('nothing to roll back to');
  });
});
