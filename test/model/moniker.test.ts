import fc from 'fast-check';
import { buildCluster, buildServerGroupName, nextSequence, parseMoniker } from '../../src/model/moniker';

describe('parseMoniker (semantics §1.1)', () => {
  it.each([
    ['foo-v001', { app: 'foo', stack: null, detail: null, cluster: 'foo', sequence: 1 }],
    ['foo-dev-v015', { app: 'foo', stack: 'dev', detail: null, cluster: 'foo-dev', sequence: 15 }],
    ['foo-dev-a-b-v016', { app: 'foo', stack: 'dev', detail: 'a-b', cluster: 'foo-dev-a-b', sequence: 16 }],
    ['foo--east-v001', { app: 'foo', stack: null, detail: 'east', cluster: 'foo--east', sequence: 1 }],
    ['foo-v01', { app: 'foo', stack: 'v01', detail: null, cluster: 'foo-v01', sequence: null }],
    ['foo-dev', { app: 'foo', stack: 'dev', detail: null, cluster: 'foo-dev', sequence: null }],
    ['foo-v012345', { app: 'foo', stack: null, detail: null, cluster: 'foo', sequence: 12345 }],
    ['foo-v000', { app: 'foo', stack: null, detail: null, cluster: 'foo', sequence: 0 }],
    ['foo-v999999', { app: 'foo', stack: null, detail: null, cluster: 'foo', sequence: 999999 }],
    ['foo-v1234567', { app: 'foo', stack: 'v1234567', detail: null, cluster: 'foo-v1234567', sequence: null }],
    ['foo', { app: 'foo', stack: null, detail: null, cluster: 'foo', sequence: null }],
    ['foo--v001', { app: 'foo', stack: null, detail: null, cluster: 'foo-', sequence: 1 }],
    ['foo-dev--v001', { app: 'foo', stack: 'dev', detail: null, cluster: 'foo-dev-', sequence: 1 }],
    ['foo-v001-v002', { app: 'foo', stack: 'v001', detail: null, cluster: 'foo-v001', sequence: 2 }],
    ['foo-dev-v001-x', { app: 'foo', stack: 'dev', detail: 'v001-x', cluster: 'foo-dev-v001-x', sequence: null }],
    ['foo--a-b-v003', { app: 'foo', stack: null, detail: 'a-b', cluster: 'foo--a-b', sequence: 3 }],
    ['foo.bar_1-d.e-v004', { app: 'foo.bar_1', stack: 'd.e', detail: null, cluster: 'foo.bar_1-d.e', sequence: 4 }],
    ['foo-dev-a~b^c-v005', { app: 'foo', stack: 'dev', detail: 'a~b^c', cluster: 'foo-dev-a~b^c', sequence: 5 }],
    ['Foo-V001', { app: 'Foo', stack: 'V001', detail: null, cluster: 'Foo-V001', sequence: null }],
    ['foo-dev---v001', { app: 'foo', stack: 'dev', detail: '-', cluster: 'foo-dev--', sequence: 1 }],
  ])('reads %s', (name, expected) => expect(parseMoniker(name)).toEqual(expected));

  it.each(['', '-v001', '-dev-v001', 'foo/bar-v001', 'foo bar', 'fo~o-v001', 'foo-d~v-v001', 'foo-dev-a/b-v001'])(
    'finds no application in %j',
    (name) => expect(parseMoniker(name)).toBeUndefined(),
  );
});

describe('building names (semantics §1.1)', () => {
  it.each([
    [{ app: 'foo' }, 'foo'],
    [{ app: 'foo', stack: '', detail: '' }, 'foo'],
    [{ app: 'foo', stack: 'dev' }, 'foo-dev'],
    [{ app: 'foo', stack: 'dev', detail: 'a-b' }, 'foo-dev-a-b'],
    [{ app: 'foo', stack: null, detail: 'east' }, 'foo--east'],
  ])('builds a cluster of %j', (parts, expected) => expect(buildCluster(parts)).toBe(expected));

  it.each([
    [{ app: 'fo-o' }, "Invalid appName 'fo-o', may only contain a-zA-Z0-9._"],
    [{ app: '' }, "Invalid appName ''"],
    [{ app: 'foo', stack: 'd-v' }, "Invalid stack 'd-v'"],
    [{ app: 'foo', detail: 'a/b' }, "Invalid detail 'a/b', may only contain a-zA-Z0-9._-~^"],
  ])('refuses %j', (parts, message) => expect(() => buildCluster(parts)).toThrow(message));

  it.each([
    [0, 'foo-v000'],
    [7, 'foo-v007'],
    [999, 'foo-v999'],
  ])('pads sequence %i', (sequence, expected) => expect(buildServerGroupName('foo', sequence)).toBe(expected));

  it.each([-1, 1000, 1.5, Number.NaN])('refuses sequence %d', (sequence) =>
    expect(() => buildServerGroupName('foo', sequence)).toThrow(
      expect.objectContaining({ code: 'INVALID_NAME' }) as Error,
    ),
  );

  it('reads back every name that it builds', () => {
    const word = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    const detail = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,6}[a-z0-9])?$/);
    const parts = fc.record({
      app: word,
      stack: fc.option(word),
      detail: fc.option(detail),
      sequence: fc.integer({ min: 0, max: 999 }),
    });
    fc.assert(
      fc.property(parts, ({ sequence, ...wanted }) => {
        const cluster = buildCluster(wanted);
        const read = parseMoniker(buildServerGroupName(cluster, sequence));
        expect(read).toEqual({ ...wanted, cluster, sequence });
      }),
    );
  });
});

describe('nextSequence (semantics §1.2)', () => {
  const slots = (...sequences: (number | null)[]) =>
    sequences.map((sequence, index) => ({ sequence, createdTime: index + 1 }));

  it.each([
    ['nothing is taken', [], 0],
    ['v000 is taken', slots(0), 1],
    ['the newest is v000 after v999', slots(997, 998, 999, 0), 1],
    ['the newest has no sequence', slots(null), 1],
    ['the newest is v009', slots(9), 10],
    ['the newest is v999', slots(999), 0],
    ['the next one is taken', slots(5, 6, 4), 7],
    ['there are gaps below the newest', slots(1, 5), 6],
    ['the newest was destroyed', slots(1, 2), 3],
    ['the newest but one was destroyed', slots(1, 3), 4],
    ['the newest is v999, v000 and v001 are taken', slots(0, 1, 999), 2],
    ['an older one has no sequence', slots(null, 4), 5],
    ['the newest has none and v001 is taken', slots(1, null), 2],
    ['all below the newest are taken', slots(0, 1, 2, 3, 4), 5],
    ['the newest goes back over those before it', slots(6, 7, 8, 5), 9],
    ['the newest is beyond three digits', slots(1000), 1],
  ])('is right when %s', (_title, taken, expected) => expect(nextSequence(taken, 'foo', '/acct')).toBe(expected));

  it('goes by the time of creation and not by the number', () =>
    expect(
      nextSequence(
        [
          { sequence: 8, createdTime: 1 },
          { sequence: 3, createdTime: 2 },
        ],
        'foo',
        '/acct',
      ),
    ).toBe(4));

  it('takes the last of those created at one time, as where none has a time', () =>
    expect(
      nextSequence(
        [
          { sequence: 4, createdTime: 0 },
          { sequence: 2, createdTime: 0 },
        ],
        'foo',
        '/acct',
      ),
    ).toBe(3));

  it('finds the last one that is free', () => {
    const all = Array.from({ length: 1000 }, (_, sequence) => ({ sequence, createdTime: sequence }));
    const free = all.filter(({ sequence }) => sequence !== 998);
    expect(nextSequence(free, 'foo', '/acct')).toBe(998);
  });

  it('fails when all 1000 are taken', () => {
    const all = Array.from({ length: 1000 }, (_, sequence) => ({ sequence, createdTime: sequence }));
    expect(() => nextSequence(all, 'foo', '/acct')).toThrow(
      'All server group names for cluster foo in /acct are taken.',
    );
  });
});
