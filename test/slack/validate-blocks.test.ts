import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validateBlocks, type BlockSurface } from '../../src/slack/validate-blocks';

type BlockCase = { name: string; surface: BlockSurface; blocks: unknown; valid: boolean };

const sharedCases = join(__dirname, '../support/block-cases.json');
const text = (length: number, type = 'mrkdwn') => ({ type, text: 'x'.repeat(length) });
const button = (fields: object = {}) => ({ type: 'button', action_id: 'a', text: text(5, 'plain_text'), ...fields });
const divider = { type: 'divider' };
const confirm = (fields: object) => ({
  confirm: {
    title: text(5, 'plain_text'),
    text: text(5, 'plain_text'),
    confirm: text(3, 'plain_text'),
    deny: text(2, 'plain_text'),
    ...fields,
  },
});
const options = (count: number, value = 'v') =>
  Array.from({ length: count }, (_, index) => ({ text: text(3, 'plain_text'), value: `${value}${index}` }));

const cases: readonly (readonly [string, BlockSurface, readonly unknown[], boolean])[] = [
  ['50 blocks in a message', 'message', Array(50).fill(divider), true],
  ['51 blocks in a message', 'message', Array(51).fill(divider), false],
  ['100 blocks in a modal', 'modal', Array(100).fill(divider), true],
  ['101 blocks on Home', 'home', Array(101).fill(divider), false],
  ['a section of 3000', 'message', [{ type: 'section', text: text(3000) }], true],
  ['a section of 3001', 'message', [{ type: 'section', text: text(3001) }], false],
  ['an empty section text', 'message', [{ type: 'section', text: text(0) }], false],
  ['11 fields', 'message', [{ type: 'section', fields: Array(11).fill(text(1)) }], false],
  ['a mrkdwn header', 'message', [{ type: 'header', text: text(5) }], false],
  ['a header of 151', 'message', [{ type: 'header', text: text(151, 'plain_text') }], false],
  ['an unknown block', 'message', [{ type: 'plant' }], false],
  ['a block named like an inherited property', 'message', [{ type: 'toString' }], false],
  ['11 context elements', 'message', [{ type: 'context', elements: Array(11).fill(text(1)) }], false],
  [
    '26 buttons',
    'message',
    [{ type: 'actions', elements: Array.from({ length: 26 }, (_, i) => button({ action_id: `a${i}` })) }],
    false,
  ],
  ['one action_id twice', 'message', [{ type: 'actions', elements: [button(), button()] }], false],
  [
    'one block_id twice',
    'message',
    [
      { ...divider, block_id: 'x' },
      { ...divider, block_id: 'x' },
    ],
    false,
  ],
  [
    'a button text of 76',
    'message',
    [{ type: 'actions', elements: [button({ text: text(76, 'plain_text') })] }],
    false,
  ],
  ['a button value of 2001', 'message', [{ type: 'actions', elements: [button({ value: 'x'.repeat(2001) })] }], false],
  ['a style of its own', 'message', [{ type: 'actions', elements: [button({ style: 'warning' })] }], false],
  ['a disabled button', 'message', [{ type: 'actions', elements: [button({ disabled: true })] }], false],
  ['a confirm dialog', 'message', [{ type: 'actions', elements: [button(confirm({}))] }], true],
  [
    'a confirm text of 301',
    'message',
    [{ type: 'actions', elements: [button(confirm({ text: text(301, 'plain_text') }))] }],
    false,
  ],
  [
    'a deny of 31',
    'message',
    [{ type: 'actions', elements: [button(confirm({ deny: text(31, 'plain_text') }))] }],
    false,
  ],
  [
    '101 options',
    'message',
    [{ type: 'actions', elements: [{ type: 'static_select', action_id: 's', options: options(101) }] }],
    false,
  ],
  [
    'an option value of 76',
    'message',
    [{ type: 'actions', elements: [{ type: 'static_select', action_id: 's', options: options(1, 'v'.repeat(75)) }] }],
    false,
  ],
  [
    'an overflow of 6',
    'message',
    [{ type: 'section', text: text(1), accessory: { type: 'overflow', action_id: 'o', options: options(6) } }],
    false,
  ],
  ['more than 13,200 characters in all', 'message', Array(5).fill({ type: 'section', text: text(2900) }), false],
  ['a table on Home', 'home', [{ type: 'table', rows: [[{ type: 'raw_text', text: 'a' }]] }], false],
  [
    'an input',
    'modal',
    [{ type: 'input', label: text(5, 'plain_text'), element: { type: 'plain_text_input', action_id: 'a' } }],
    true,
  ],
  ['a button as input', 'modal', [{ type: 'input', label: text(5, 'plain_text'), element: button() }], false],
];

describe('validateBlocks', () => {
  it.each(cases)('%s', (_name, surface, blocks, valid) => {
    expect(validateBlocks(surface, blocks).length === 0).toBe(valid);
  });

  it('refuses what is no list, and says where each fault stands', () => {
    expect(validateBlocks('message', 'text')).toEqual(['blocks: must be a list']);
    expect(validateBlocks('message', [divider, { type: 'header', text: text(151, 'plain_text') }])).toEqual([
      'blocks[1].text.text: 151 characters are more than 150',
    ]);
  });

  it('agrees with the table of cases that it shares with the emulator', () => {
    const shared = existsSync(sharedCases)
      ? (JSON.parse(readFileSync(sharedCases, 'utf8')) as readonly BlockCase[])
      : [];
    const wrong = shared
      .filter(({ surface, blocks, valid }) => (validateBlocks(surface, blocks).length === 0) !== valid)
      .map(({ name, surface, blocks }) => ({ name, faults: validateBlocks(surface, blocks) }));
    expect(wrong).toEqual([]);
  });
});
