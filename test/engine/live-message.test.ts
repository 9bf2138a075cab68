import { executionRenderer } from '../../src/app';
import type { Execution } from '../../src/model/execution';
import { plainText } from '../../src/model/text';
import { buildPipeline } from '../support/engine-kit';
import { createStageBench } from '../support/stage-kit';

const judgment = (ref: string, name: string) => ({
  ref,
  type: 'manualJudgment',
  name,
  context: { instructions: `Is ${name} well?` },
});

async function waiting(steps: Parameters<typeof buildPipeline>[0], fields: Partial<Execution> = {}) {
  const bench = createStageBench();
  const begun = await bench.run({ ...buildPipeline(steps), ...fields }, 5000);
  return executionRenderer.live(begun);
}

describe('the live message', () => {
  it('says of each button which judgment it decides, where several are open', async () => {
    const view = await waiting([judgment('1', 'East'), judgment('2', 'West')]);
    expect(view.choices?.map(({ label }) => label)).toEqual([
      'Approve: East',
      'Reject: East',
      'Approve: West',
      'Reject: West',
      'Pause',
      'Cancel',
    ]);
  });

  it('says Approve and Reject alone, where there is one', async () => {
    const view = await waiting([judgment('1', 'East')]);
    expect(view.choices?.map(({ label }) => label)).toEqual(['Approve', 'Reject', 'Pause', 'Cancel']);
  });

  it('shows what the pipeline was given', async () => {
    const parameters = { who: 'ana', size: 3, empty: '', none: null };
    const trigger = { type: 'manual', user: 'UANN', parameters, correlationId: 'C1' } as const;
    const view = await waiting([judgment('1', 'East')], { trigger });
    expect(view.lines?.map(plainText)).toEqual(['Parameters: who = ana, size = 3']);
  });
});
