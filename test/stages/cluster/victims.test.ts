import { chooseVictims, type VictimChoice } from '../../../src/stages/cluster/victims';
import { groupsOf } from '../../support/version-groups';

const disable = { among: 'active' } as const;
const inactive = { among: 'inactive' } as const;
const every = { among: 'all' } as const;

type Row = readonly [string, readonly string[], Partial<VictimChoice> & Pick<VictimChoice, 'among'>, readonly string[]];

const named = (versions: readonly string[] = []) => versions.map((version) => `foo-dev-${version}`);

function victims(words: readonly string[], choice: Row[2]): readonly string[] {
  const { createdHere, stoodBefore, keepFirst, ...rest } = choice;
  const chosen = chooseVictims(groupsOf(...words), {
    keep: 1,
    preferLarger: false,
    ...rest,
    createdHere: named(createdHere),
    stoodBefore: named(stoodBefore),
    keepFirst: named(keepFirst),
  });
  return chosen.map(({ name }) => name);
}

const all = ['v000:0', 'v001:5', 'v002:2', 'v003:3'];

describe('what disableCluster disables (semantics §4.6, 1–3)', () => {
  it.each<Row>([
    ['all but the newest', all, disable, ['v002', 'v001']],
    ['all but the two newest', all, { ...disable, keep: 2 }, ['v001']],
    ['none where as many are to stay', all, { ...disable, keep: 3 }, []],
    ['none where more are to stay', all, { ...disable, keep: 9 }, []],
    ['all where none is to stay', all, { ...disable, keep: 0 }, ['v003', 'v002', 'v001']],
    ['all but the largest', all, { ...disable, preferLarger: true }, ['v003', 'v002']],
    ['the older of two that are equally large', ['v001:2', 'v002:2'], { ...disable, preferLarger: true }, ['v001']],
    ['none out of service, which are not kept either', ['v000:0', 'v001:2', 'v002:2'], disable, ['v001']],
    ['the newest is out of service', ['v000:2', 'v001:2', 'v002:0'], disable, ['v000']],
    ['one out of service that serves still', ['v000:0+1', 'v001:2'], disable, ['v000']],
    ['by creation and not by number', ['v009:2@1', 'v001:2@2'], disable, ['v009']],
    ['all but what was created here', all, { ...disable, createdHere: ['v003'] }, ['v002', 'v001']],
    ['what was created here uses up the number', all, { ...disable, keep: 2, createdHere: ['v003'] }, ['v001']],
    ['what is newer than ours stays, and counts', all, { ...disable, createdHere: ['v002'] }, ['v001']],
    ['what is newer than ours uses up the number', all, { ...disable, keep: 2, createdHere: ['v002'] }, ['v001']],
    ['one more than ours and what is newer', all, { ...disable, keep: 3, createdHere: ['v002'] }, []],
    [
      'what stood before goes, though a change made it newer',
      all,
      { ...disable, createdHere: ['v002'], stoodBefore: ['v003'] },
      ['v003', 'v001'],
    ],
    ['all but several of ours', all, { ...disable, createdHere: ['v002', 'v003'] }, ['v001']],
    ['ours at 0 is protected', ['v000:2', 'v001:0'], { ...disable, createdHere: ['v001'] }, ['v000']],
    ['a single one stays', ['v000:2'], disable, []],
    ['none of an empty cluster', [], disable, []],
    ['none where all are out of service', ['v000:0', 'v001:0'], disable, []],
  ])('%s', (_title, words, choice, expected) => expect(victims(words, choice)).toEqual(named(expected)));
});

describe('what scaleDownCluster scales to 0 (semantics §4.6, 4)', () => {
  it.each<Row>([
    ['none in service', ['v000:2', 'v001:2'], inactive, []],
    ['those out of service beyond the number', ['v000:0', 'v001:0', 'v002:2'], inactive, ['v001', 'v000']],
    ['one in service uses up the number', ['v000:0', 'v001:0', 'v002:2'], { ...inactive, keep: 2 }, ['v000']],
    ['two in service use up the number', ['v000:0', 'v001:2', 'v002:2'], { ...inactive, keep: 2 }, ['v000']],
    ['none where the number is not used up', ['v000:0', 'v001:2'], { ...inactive, keep: 2 }, []],
    ['ours uses up the number', ['v000:0', 'v001:0'], { ...inactive, createdHere: ['v001'] }, ['v000']],
    ['what serves still is in service', ['v000:0+1', 'v001:2'], inactive, []],
    ['those in service where allowed', ['v000:2', 'v001:2'], every, ['v000']],
    ['those in service stay before newer ones', ['v000:2', 'v001:0'], every, ['v001']],
    ['the newer of those in service stays', ['v000:2', 'v001:2', 'v002:0'], every, ['v000', 'v002']],
    [
      'the larger of those in service stays where preferred',
      ['v000:5', 'v001:2', 'v002:0'],
      { ...every, preferLarger: true },
      ['v001', 'v002'],
    ],
    ['all where none is to stay', ['v000:2', 'v001:0'], { ...every, keep: 0 }, ['v000', 'v001']],
  ])('%s', (_title, words, choice, expected) => expect(victims(words, choice)).toEqual(named(expected)));
});

describe('what shrinkCluster destroys (semantics §4.6, 5)', () => {
  it.each<Row>([
    ['only those out of service', ['v000:0', 'v001:0', 'v002:2'], inactive, ['v001', 'v000']],
    ['those in service use up the number', ['v000:0', 'v001:0', 'v002:2'], { ...inactive, keep: 2 }, ['v000']],
    ['a negative number to keep is none', ['v000:0', 'v001:2', 'v002:2'], inactive, ['v000']],
    ['those in service go last', ['v000:2', 'v001:0', 'v002:0'], every, ['v002', 'v001']],
    ['all', ['v000:0', 'v001:2'], { ...every, keep: 0 }, ['v001', 'v000']],
    ['all out of service', ['v000:0', 'v001:2'], { ...inactive, keep: 0 }, ['v000']],
    ['the larger stays', ['v000:5', 'v001:2'], { ...every, preferLarger: true }, ['v001']],
    ['a larger one out of service goes before', ['v000:2', 'v001:0+0'], { ...every, preferLarger: true }, ['v001']],
    ['the way back stays', ['v000:0', 'v001:0', 'v002:2'], { ...inactive, keep: 2, keepFirst: ['v000'] }, ['v001']],
    ['ours is never destroyed', ['v000:0', 'v001:0'], { ...every, keep: 0, createdHere: ['v001'] }, ['v000']],
    ['none where there are fewer', ['v000:2'], { ...every, keep: 3 }, []],
    ['none of an empty cluster', [], every, []],
  ])('%s', (_title, words, choice, expected) => expect(victims(words, choice)).toEqual(named(expected)));
});
