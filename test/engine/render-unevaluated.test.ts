import { executionRenderer } from '../../src/app';
import { isComplete } from '../../src/model/status';
import type { StageContext } from '../../src/model/execution';
import { stages } from '../../src/stages';
import { createExpressionBench, writtenPipeline } from '../support/expression-kit';
import { stageOf } from '../support/engine-kit';

/** Fields that some stage type reads when it is shown. */
const fields = [
  ['waitTime', 'instructions', 'judgmentInputs', 'onReject', 'judgedBy', 'clusters', 'variables', 'preconditions'],
  ['location', 'locations', 'regions', 'credentials', 'cluster', 'targetDesiredSize', 'capacityNow', 'stageTimeoutMs'],
  ['moniker', 'serverGroupName', 'target', 'capacity', 'shrinkToSize', 'remainingEnabledServerGroups', 'progress'],
  ['failPipeline', 'continuePipeline', 'rollback', 'strategy', 'docker', 'urls', 'source', 'diagnosis', 'skipReason'],
].flat();

const everywhere = (text: string): StageContext => Object.fromEntries(fields.map((field) => [field, text]));

describe.each(stages.map(({ type }) => type))('a %s stage that nothing can be made of', (type) => {
  it.each([
    ['its expressions are broken', { ...everywhere('${nope}') }],
    ['its condition is broken', { ...everywhere('${nope}'), stageEnabled: { type: 'expression', expression: 'nope' } }],
    ['it is skipped', { ...everywhere('${nope}'), stageEnabled: { type: 'expression', expression: 'false' } }],
    ['its values are of no use', { ...everywhere('${#toJson("x")}') }],
  ])('is shown, and the execution ends: %s', async (_, context) => {
    const bench = createExpressionBench();
    const done = await bench.run(
      writtenPipeline(
        [
          { ref: '1', type: 'wait', context: { waitTime: 5 } },
          { ref: '2', type, after: ['1'], context },
        ],
        { report: { teamId: 'T1', channel: 'foo' } },
      ),
    );
    expect(isComplete(done.status)).toBe(true);
    expect(isComplete(stageOf(done, '2').status)).toBe(true);
    expect(bench.told.length).toBeGreaterThan(0);
    expect(bench.told.some((event) => event.type === 'message' && event.messageId.endsWith('/question'))).toBe(false);
    for (const view of [executionRenderer.live(done), executionRenderer.outcome(done)]) {
      expect(view.headline).toBeDefined();
    }
  });
});
