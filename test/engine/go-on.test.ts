import { goOn } from '../../src/engine/go-on';
import { buildPipeline, stageOf } from '../support/engine-kit';

describe('a stage that is run again', () => {
  it.each(['guardOverride', 'guardDenial', 'waitsFor', 'judgmentStatus', 'skipRemainingWait'])(
    'has lost what was decided or found out about its last attempt: %s',
    (key) => {
      const built = buildPipeline([{ ref: '1', type: 'disableServerGroup', context: { kept: 1, [key]: { any: 1 } } }]);
      const stages = built.stages.map((stage) => ({ ...stage, status: 'TERMINAL' as const, waits: [{ at: 0 }] }));
      const again = goOn({ ...built, status: 'TERMINAL', stages }, { stageId: '1', user: 'U0BOB' }, 1);
      const stage = stageOf(again, '1');
      expect([again.status, stage.status, stage.attempt]).toEqual(['RUNNING', 'NOT_STARTED', 2]);
      expect(stage.context).toEqual({ kept: 1 });
      expect(stage.waits).toBeUndefined();
    },
  );
});
