import { stageRegistry } from '../../src/app';
import { east } from '../dcos/builders';
import { buildPipeline } from '../support/engine-kit';
import { createStageBench, describeCluster } from '../support/stage-kit';

const steps = [
  { ref: '1', type: 'deploy', context: { clusters: [describeCluster({ delayBeforeDisableSec: 60 })] } },
  { ref: '2', type: 'wait', context: { waitTime: 1 } },
  {
    ref: '3',
    type: 'checkPreconditions',
    context: { preconditions: [{ type: 'expression', context: { expression: 'true', expressionResult: true } }] },
  },
  { ref: '4', type: 'verify', context: { durationSec: 60 } },
  { ref: '5', type: 'manualJudgment', context: { judgmentStatus: 'continue', judgedBy: 'UBOB', judgmentInput: 'go' } },
];

it('says all that a stage puts out, where a stage type says what it puts out', async () => {
  const bench = createStageBench();
  bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2 });
  const done = await bench.run(
    buildPipeline(steps.map((step, index) => ({ ...step, after: index === 0 ? [] : [steps[index - 1]!.ref] }))),
  );
  expect(done.status).toBe('SUCCEEDED');
  const topLevel = done.stages.filter((stage) => stage.parentStageId === undefined);
  expect(topLevel.map(({ type, outputs }) => [type, Object.keys(outputs)])).toEqual(
    steps.map(({ type }) => [type, stageRegistry.find(type)?.outputs]),
  );
  const declared = stageRegistry.types.filter((type) => stageRegistry.find(type)?.outputs !== undefined);
  // A webhook needs a server: test/stages/webhook.test.ts says that it puts out nothing.
  expect(declared).toEqual([...steps.map(({ type }) => type), 'webhook'].sort());
});
