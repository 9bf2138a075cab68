import { failureOf } from '../../src/engine/failure-of';
import { createExampleBench, parseExample, readExample, type Verdict } from '../support/example-bench';
import { readPromise } from '../support/example-promise';

/** Runs an example to its end with one decision: how it ended, and what is left in the east. */
async function decided(file: string, verdict: Verdict) {
  const bench = createExampleBench(parseExample(file), 'http://127.0.0.1:9');
  await bench.seed(readPromise(readExample(file)).before);
  const done = await bench.run({}, verdict);
  const statusOf = (name: string) => done.stages.find((stage) => stage.name === name)?.status;
  return { done, groups: bench.stateOf(['lab/east'])['lab/east'], statusOf };
}

describe('a judgment whose answers have branches', () => {
  const file = 'judgment-branches.yaml';

  it('removes what served before where it is to be kept', async () => {
    const { done, groups, statusOf } = await decided(file, { answer: 'keep' });
    expect([done.status, failureOf(done)]).toEqual(['SUCCEEDED', undefined]);
    expect(groups).toEqual({ 'gannet-prod-v001': 2 });
    expect(['Kept?', 'Remove the old', 'Undone?'].map(statusOf)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'STOPPED']);
    expect(['Bring the old back', 'Remove the new'].map(statusOf)).toEqual(['NOT_STARTED', 'NOT_STARTED']);
  });

  it('brings back what served before where it is to be undone', async () => {
    const { done, groups, statusOf } = await decided(file, { answer: 'rollback' });
    expect([done.status, failureOf(done)]).toEqual(['SUCCEEDED', undefined]);
    expect(groups).toEqual({ 'gannet-prod-v000': 2 });
    expect(['Kept?', 'Remove the old'].map(statusOf)).toEqual(['STOPPED', 'NOT_STARTED']);
    expect(['Undone?', 'Bring the old back', 'Remove the new'].map(statusOf)).toEqual(Array(3).fill('SUCCEEDED'));
  });
});

describe.each([
  ['judgment-branches.yaml', 'gannet-prod'],
  ['manualJudgment.yaml', 'falcon-prod'],
])('%s, rejected', (file, cluster) => {
  it('fails, and what served before serves again', async () => {
    const { done, groups } = await decided(file, { rejects: true });
    expect([done.status, failureOf(done)?.code]).toEqual(['TERMINAL', 'JUDGMENT_REJECTED']);
    expect(groups).toEqual({ [`${cluster}-v000`]: 2, [`${cluster}-v001`]: 0 });
  });
});
