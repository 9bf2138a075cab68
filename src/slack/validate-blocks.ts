import { actionElementTypes, checkElement, checkText, sectionAccessoryTypes, type Fields } from './validate-elements';
import { asFields, asList, checkLength, checkList } from './validate-fields';

/** Where blocks are shown; each place has its own limit and its own kinds of blocks. */
export type BlockSurface = 'message' | 'modal' | 'home';

const maxBlocks: Readonly<Record<BlockSurface, number>> = { message: 50, modal: 100, home: 100 };

type BlockCheck = (block: Fields, at: string) => string[];

const checkSection: BlockCheck = (block, at) => {
  const fields = block.fields === undefined ? [] : asList(block.fields);
  return [
    ...(block.text === undefined && block.fields === undefined ? [`${at}: a section needs text or fields`] : []),
    ...(block.text === undefined ? [] : checkText(block.text, { at: `${at}.text`, max: 3000 })),
    ...(block.fields === undefined ? [] : checkList(block.fields, { at: `${at}.fields`, min: 1, max: 10 })),
    ...fields.flatMap((field, index) => checkText(field, { at: `${at}.fields[${index}]`, max: 2000 })),
    ...(block.accessory === undefined
      ? []
      : checkElement(block.accessory, { at: `${at}.accessory`, types: sectionAccessoryTypes })),
  ];
};

const checkHeader: BlockCheck = (block, at) =>
  checkText(block.text, { at: `${at}.text`, max: 150, kinds: ['plain_text'] });

const checkContext: BlockCheck = (block, at) => [
  ...checkList(block.elements, { at: `${at}.elements`, min: 1, max: 10 }),
  ...asList(block.elements).flatMap((element, index) => {
    const where = `${at}.elements[${index}]`;
    if (asFields(element).type === 'image') return checkElement(element, { at: where, types: ['image'] });
    return checkText(element, { at: where, max: 3000 });
  }),
];

const checkActions: BlockCheck = (block, at) => {
  const elements = asList(block.elements);
  const ids = elements.map((element) => asFields(element).action_id).filter((id) => id !== undefined);
  return [
    ...checkList(block.elements, { at: `${at}.elements`, min: 1, max: 25 }),
    ...elements.flatMap((element, index) =>
      checkElement(element, { at: `${at}.elements[${index}]`, types: actionElementTypes }),
    ),
    ...(new Set(ids).size === ids.length ? [] : [`${at}.elements: two elements have the same action_id`]),
  ];
};

const checkInput: BlockCheck = (block, at) => [
  ...checkText(block.label, { at: `${at}.label`, max: 2000, kinds: ['plain_text'] }),
  ...(block.hint === undefined ? [] : checkText(block.hint, { at: `${at}.hint`, max: 2000, kinds: ['plain_text'] })),
  ...checkElement(block.element, { at: `${at}.element` }),
  ...(asFields(block.element).type === 'button' ? [`${at}.element: a button is no input`] : []),
];

const checkImage: BlockCheck = (block, at) => [
  ...(block.image_url === undefined && block.slack_file === undefined
    ? [`${at}: an image needs image_url or slack_file`]
    : []),
  ...(block.image_url === undefined ? [] : checkLength(block.image_url, { at: `${at}.image_url`, min: 1, max: 3000 })),
  ...checkLength(block.alt_text, { at: `${at}.alt_text`, min: 1, max: 2000 }),
  ...(block.title === undefined ? [] : checkText(block.title, { at: `${at}.title`, max: 2000, kinds: ['plain_text'] })),
];

const checkTable: BlockCheck = (block, at) => [
  ...checkList(block.rows, { at: `${at}.rows`, min: 1, max: 100 }),
  ...asList(block.rows).flatMap((row, index) => checkList(row, { at: `${at}.rows[${index}]`, min: 1, max: 20 })),
];

const checkElements =
  (max: number): BlockCheck =>
  (block, at) =>
    checkList(block.elements, { at: `${at}.elements`, min: 1, max });

const richTextParts = ['rich_text_section', 'rich_text_list', 'rich_text_preformatted', 'rich_text_quote'];

const checkRichText: BlockCheck = (block, at) => [
  ...checkList(block.elements, { at: `${at}.elements`, min: 1, max: Number.POSITIVE_INFINITY }),
  ...asList(block.elements).flatMap((element, index) => {
    const { type } = asFields(element);
    const isKnown = typeof type === 'string' && richTextParts.includes(type);
    return isKnown ? [] : [`${at}.elements[${index}]: unknown part of rich text`];
  }),
];

const knownFields: Readonly<Record<string, readonly string[]>> = {
  section: ['text', 'fields', 'accessory', 'expand'],
  header: ['text', 'level'],
  context: ['elements'],
  actions: ['elements'],
  divider: [],
  image: ['image_url', 'slack_file', 'alt_text', 'title'],
  input: ['label', 'element', 'hint', 'optional', 'dispatch_action'],
};

function checkKnownFields(block: Fields, at: string, type: string): string[] {
  const known = knownFields[type];
  if (known === undefined) return [];
  return Object.keys(block)
    .filter((name) => name !== 'type' && name !== 'block_id' && !known.includes(name))
    .map((name) => `${at}.${name}: ${type} has no such field`);
}

const blockChecks: Readonly<Record<string, BlockCheck>> = {
  section: checkSection,
  header: checkHeader,
  context: checkContext,
  actions: checkActions,
  input: checkInput,
  image: checkImage,
  table: checkTable,
  divider: () => [],
  markdown: (block, at) => checkLength(block.text, { at: `${at}.text`, min: 1, max: 12_000 }),
  rich_text: checkRichText,
  context_actions: checkElements(5),
  file: (block, at) => checkLength(block.external_id, { at: `${at}.external_id`, min: 1, max: 255 }),
  video: (block, at) => checkLength(block.video_url, { at: `${at}.video_url`, min: 1, max: 3000 }),
};

const messageOnly: readonly string[] = ['table', 'markdown', 'file', 'context_actions'];

function checkBlock(value: unknown, at: string, surface: BlockSurface): string[] {
  const block = asFields(value);
  const type = typeof block.type === 'string' ? block.type : '';
  const check = Object.hasOwn(blockChecks, type) ? blockChecks[type] : undefined;
  if (check === undefined) return [`${at}: unknown block type '${type}'`];
  return [
    ...(messageOnly.includes(type) && surface !== 'message' ? [`${at}: ${type} stands in messages only`] : []),
    ...(block.block_id === undefined ? [] : checkLength(block.block_id, { at: `${at}.block_id`, min: 1, max: 255 })),
    ...checkKnownFields(block, at, type),
    ...check(block, at),
  ];
}

/**
 * What Slack would refuse about these blocks, as sentences that say where; empty when it would take them. The limits are
 * those of Slack's own types and SDKs; where sources differ the smaller counts.
 */
export function validateBlocks(surface: BlockSurface, blocks: unknown): string[] {
  if (!Array.isArray(blocks)) return ['blocks: must be a list'];
  const list: readonly unknown[] = blocks;
  const ids = list.map((block) => asFields(block).block_id).filter((id) => id !== undefined);
  return [
    ...(list.length > maxBlocks[surface] ? [`blocks: ${list.length} are more than ${maxBlocks[surface]}`] : []),
    ...(new Set(ids).size === ids.length ? [] : ['blocks: two blocks have the same block_id']),
    ...(surface === 'message' && JSON.stringify(list).length > 13_200
      ? ['blocks: more than 13,200 characters in all (msg_blocks_too_long)']
      : []),
    ...list.flatMap((block, index) => checkBlock(block, `blocks[${index}]`, surface)),
  ];
}
