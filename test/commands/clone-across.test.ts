import { east } from '../dcos/builders';
import { createCommandBench, wordsOf } from '../support/command-kit';

async function bench() {
  const it = await createCommandBench();
  for (const environment of ['dev', 'prod'])
    it.serverGroups.seed({ location: east, name: `foo-${environment}-v000`, desired: 2, image: 'repo/foo:1.0' });
  return it;
}

describe('/cox clone into another environment', () => {
  it('is refused to who may not change the one that is copied', async () => {
    const it = await bench();
    const said = await it.say('clone foo prod to=dev', 'UEVE');
    expect(wordsOf(said.reply)).toContain('You may not change foo prod');
    expect([said.plan, await it.executions()]).toEqual([undefined, []]);
  });

  it('waits for a confirmation, and warns of the traffic that the copy takes', async () => {
    const it = await bench();
    const said = await it.say('clone foo prod to=dev');
    expect(said.executionId).toBeUndefined();
    expect(said.plan?.state).toBe('open');
    expect(wordsOf(said.reply)).toContain('it takes traffic of prod.');
  });

  it('asks for nothing more within one environment', async () => {
    const it = await bench();
    expect((await it.say('clone foo dev', 'UEVE')).executionId).toBeDefined();
  });
});
