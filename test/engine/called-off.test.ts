import { advance } from '../../src/engine/advance';
import { executionKind } from '../../src/engine/document-kinds';
import { applySignal } from '../../src/engine/signals';
import type { StageContext } from '../../src/model/execution';
import { plainText } from '../../src/model/text';
import {
  buildEngine,
  buildPipeline,
  buildRegistry,
  drive,
  runPipeline,
  scriptedTask,
  stageOf,
  statuses,
} from '../support/engine-kit';
import { createManualClock } from '../support/manual-clock';
import { createMemoryStore } from '../support/memory-store';

/** An engine with a stage type whose first run is called off elsewhere, and one that just works. */
function rig() {
  const clock = createManualClock();
  const store = createMemoryStore(() => clock.now());
  const reason = 'The build was aborted.';
  const task = scriptedTask('look', [{ status: 'CANCELED', code: 'JOB_FAILED', reason }, { status: 'SUCCEEDED' }]);
  const works = { type: 'works', tasks: [scriptedTask('look', [{ status: 'SUCCEEDED' }])] };
  const waits = { type: 'waits', tasks: [scriptedTask('look', [{ status: 'RUNNING', retryAfterMs: 1000 }])] };
  const registry = buildRegistry([{ type: 'calledOff', tasks: [task] }, works, waits]);
  return { ...buildEngine({ store, clock, registry, services: {} }), clock };
}

describe('a stage whose work was called off elsewhere', () => {
  it.each<StageContext>([{}, { continuePipeline: true }, { failPipeline: false }])(
    'is canceled with %p, and so is the execution',
    async (context) => {
      const done = await runPipeline(
        rig(),
        buildPipeline([
          { ref: '1', type: 'calledOff', context },
          { ref: '2', type: 'works', after: ['1'] },
          { ref: '3', type: 'waits' },
        ]),
      );
      expect([done.status, ...statuses(done)]).toEqual(['CANCELED', '1 CANCELED', '2 NOT_STARTED', '3 CANCELED']);
      expect(stageOf(done, '1').failure).toMatchObject({ code: 'JOB_FAILED', message: 'The build was aborted.' });
    },
  );

  it('says why, and can be retried, which a canceled execution cannot', async () => {
    const engine = rig();
    const execution = buildPipeline([
      { ref: '1', type: 'calledOff' },
      { ref: '2', type: 'works', after: ['1'] },
    ]);
    const canceled = await runPipeline(engine, execution);
    const view = engine.render.live(canceled);
    expect(view.lines?.map(plainText)).toContain('The build was aborted.');
    expect(view.choices?.map(({ label }) => label)).toEqual(['Retry Stage 1']);
    const retry = { type: 'retryStage', stageId: '1', user: 'U0BOB' } as const;
    const byPerson = { ...canceled, canceled: { by: 'U0ANA', at: 1 } };
    expect(applySignal(byPerson, retry, 1).outcome.accepted).toBe(false);
    await engine.store.update(
      executionKind,
      execution.id,
      (now) => applySignal(now, retry, engine.clock.now()).execution,
      {
        due: () => engine.clock.now(),
      },
    );
    const handle = (loaded: typeof execution, owner: string) => advance(engine, loaded, owner);
    const done = await drive({ store: engine.store, clock: engine.clock, id: execution.id, handle });
    expect([done.status, ...statuses(done)]).toEqual(['SUCCEEDED', '1 SUCCEEDED', '2 SUCCEEDED']);
  });
});
