import type { Surface } from '../../../src/emulators/slack';
import { validateBlocks, validateView } from '../../../src/emulators/slack';
import cases from '../../support/block-cases.json';

type BlockCase = {
  readonly name: string;
  readonly surface: Surface;
  readonly blocks: readonly unknown[];
  readonly valid: boolean;
};

const text = (length: number) => ({ type: 'plain_text', text: 'x'.repeat(length) });
const input = { type: 'input', label: text(1), element: { type: 'plain_text_input', action_id: 'a' } };

describe('validateBlocks', () => {
  it.each(cases as unknown as BlockCase[])('$surface: $name → $valid', ({ surface, blocks, valid }) => {
    expect(validateBlocks(surface, blocks).length === 0).toBe(valid);
  });

  it('has no two cases of one name', () => {
    const names = cases.map((each) => each.name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('says where the problem is', () => {
    const blocks = [{ type: 'divider' }, { type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(3001) } }];
    expect(validateBlocks('message', blocks)).toEqual([
      { pointer: '/blocks/1/text/text', message: 'must be less than 3001 characters' },
    ]);
  });

  it.each([undefined, null, 'text', {}, 7])('refuses %p in place of a list', (blocks) => {
    expect(validateBlocks('message', blocks)).not.toEqual([]);
  });
});

describe('validateView', () => {
  const modal = { type: 'modal', title: text(5), submit: text(4), blocks: [input] };

  it.each([
    ['a modal', {}, true],
    ['a title of 24 characters', { title: text(24) }, true],
    ['a title of 25 characters', { title: text(25) }, false],
    ['a submit of 25 characters', { submit: text(25) }, false],
    ['a close of 25 characters', { close: text(25) }, false],
    ['inputs and no submit', { submit: undefined }, false],
    ['no title', { title: undefined }, false],
    ['no blocks', { blocks: undefined }, false],
    ['private metadata of 3,000 characters', { private_metadata: 'x'.repeat(3000) }, true],
    ['private metadata of 3,001 characters', { private_metadata: 'x'.repeat(3001) }, false],
    ['a callback id of 256 characters', { callback_id: 'x'.repeat(256) }, false],
    ['an unknown field', { colour: 'red' }, false],
    ['an invalid block', { blocks: [{ type: 'wrong' }] }, false],
  ])('%s', (_name, more, valid) => {
    expect(validateView('modal', { ...modal, ...more }).length === 0).toBe(valid);
  });

  it('takes a Home tab and refuses one sent as a modal', () => {
    const home = { type: 'home', blocks: [{ type: 'divider' }] };
    expect(validateView('home', home)).toEqual([]);
    expect(validateView('modal', home)).not.toEqual([]);
  });
});
