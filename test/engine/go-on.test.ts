import { beginRetry, goOn } from '../../src/engine/go-on';
import { buildPipeline, stageOf } from '../support/engine-kit';

describe('a stage that is run again', () => {
  it.each(['guardOverride', 'guardDenial', 'waitsFor', 'judgmentStatus', 'skipRemainingWait'])(
    'has lost what was decided or found out about its last attempt: %s',
    (key) => {
      const built = buildPipeline([{ ref: '1', type: 'disableServerGroup', context: { kept: 1, [key]: { any: 1 } } }]);
      const stages = built.stages.map((stage) => ({ ...stage, status: 'TERMINAL' as const, waits: [{ at: 0 }] }));
      const waiting = goOn({ ...built, status: 'TERMINAL', stages }, { stageId: '1', user: 'U0BOB' }, 1);
      expect([waiting.status, stageOf(waiting, '1').status]).toEqual(['NOT_STARTED', 'TERMINAL']);
      const stage = stageOf(beginRetry(waiting, 1), '1');
      expect([stage.status, stage.attempt]).toEqual(['NOT_STARTED', 2]);
      expect(stage.context).toEqual({ kept: 1 });
      expect(stage.waits).toBeUndefined();
    },
  );
});
