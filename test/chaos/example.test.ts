import { createChaosBench, loose, monday } from '../support/chaos-kit';
import { wordsOf } from '../support/command-kit';
import { parseExample } from '../support/example-bench';

const weekMs = 7 * 24 * 3_600_000;

describe('the example of chaos', () => {
  it('asks in its channel, of clusters that it does not except, and kills nothing unanswered', async () => {
    const example = parseExample('chaos.yaml');
    const east = example.environments.get('prod')?.locations[0];
    if (east === undefined) throw new Error('The example has no place.');
    const bench = createChaosBench({ applications: [example], settings: { ...loose, accounts: ['lab'] } });
    bench.seed('pelican-prod-v001', 3, east);
    bench.seed('pelican-prod-batch-v001', 3, east);
    await bench.start();
    await bench.runUntil(monday + 4 * weekMs);
    const kills = await bench.kills();
    expect(kills.length).toBeGreaterThan(3);
    for (const { id, group, state } of kills) {
      expect(group.cluster).toBe('pelican-prod');
      expect(state).toMatchObject({ outcome: 'expired' });
      const card = await bench.message(`${id}/card`);
      expect(card?.target).toEqual({ kind: 'channel', channel: 'pelican-deploys' });
      expect(wordsOf(card?.view)).toContain('a chance of 1 in 3 today');
    }
    expect(bench.serverGroups.effects).toEqual([]);
  });

  it('is left alone in its freeze', async () => {
    const bench = createChaosBench({
      applications: [parseExample('chaos.yaml')],
      settings: { ...loose, accounts: ['lab'] },
      startAt: Date.UTC(2026, 11, 19),
    });
    const east = [...bench.world.applications.values()][0]?.environments.get('prod')?.locations[0];
    if (east !== undefined) bench.seed('pelican-prod-v001', 3, east);
    await bench.start();
    await bench.runUntil(Date.UTC(2027, 0, 1));
    expect(await bench.kills()).toEqual([]);
  });
});
