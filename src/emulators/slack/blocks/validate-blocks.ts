import type { JsonObject } from '../json';
import { asList, asObject, asObjects } from '../json';
import type { Check, Problem } from './check';
import { anything, byType, flag, list, shape, text, webAddress, word } from './check';
import { anyText, identifier, plainText } from './composition';
import { accessory, actionElement, contextElement, inputElement, onePictureSource } from './elements';

/** Where blocks are shown; each place has its own limits. */
export type Surface = 'message' | 'modal' | 'home';

const id = { block_id: identifier };

const section = shape(
  { type: word('section') },
  { ...id, text: anyText(3000), fields: list(anyText(2000), 1, 10), accessory, expand: flag },
  (block, pointer) =>
    block.text === undefined && block.fields === undefined ? [{ pointer, message: 'must have text or fields' }] : [],
);

const common: Readonly<Record<string, Check>> = {
  section,
  header: shape({ type: word('header'), text: plainText(150) }, id),
  context: shape({ type: word('context'), elements: list(contextElement, 1, 10) }, id),
  actions: shape({ type: word('actions'), elements: list(actionElement, 1, 25) }, id, uniqueActionIds),
  divider: shape({ type: word('divider') }, id),
  image: shape(
    { type: word('image'), alt_text: text(2000, 0) },
    { ...id, image_url: webAddress(3000), slack_file: anything, title: plainText(2000) },
    onePictureSource,
  ),
  input: shape(
    { type: word('input'), label: plainText(2000), element: inputElement },
    { ...id, hint: plainText(2000), optional: flag, dispatch_action: flag },
  ),
  rich_text: shape({ type: word('rich_text'), elements: list(richTextPart, 0, 1000) }, id),
};

/** Known to Slack, looked at only for their type. */
const loose: readonly string[] = [
  'alert',
  'card',
  'carousel',
  'container',
  'context_actions',
  'data_table',
  'file',
  'markdown',
  'plan',
  'table',
  'task_card',
  'video',
];

const surfaces: Readonly<Record<Surface, { readonly most: number; readonly block: Check }>> = {
  message: { most: 50, block: byType({ ...common, ...Object.fromEntries(loose.map((type) => [type, anything])) }) },
  modal: { most: 100, block: byType(common) },
  home: { most: 100, block: byType(common) },
};

function richTextPart(value: unknown, pointer: string): readonly Problem[] {
  const kinds = ['rich_text_section', 'rich_text_list', 'rich_text_preformatted', 'rich_text_quote'];
  const part = asObject(value);
  if (part === undefined) return [{ pointer, message: 'must be an object' }];
  if (!kinds.includes(String(part.type))) return [{ pointer: `${pointer}/type`, message: 'unsupported type' }];
  return Array.isArray(part.elements) ? [] : [{ pointer, message: 'missing required field: elements' }];
}

function uniqueActionIds(block: JsonObject, pointer: string): readonly Problem[] {
  return repeated(asObjects(block.elements).map((element) => element.action_id)).map((name) => ({
    pointer: `${pointer}/elements`,
    message: `action_id ${name} already exists in this block`,
  }));
}

function repeated(names: readonly unknown[]): readonly string[] {
  const texts = names.filter((name): name is string => typeof name === 'string' && name !== '');
  return [...new Set(texts.filter((name, index) => texts.indexOf(name) !== index))];
}

/**
 * The rules broken by a message's, a modal's or a Home tab's blocks, by Slack's published limits; none means that Slack
 * would take them. Blocks newer than the classic ones pass unread.
 */
export function validateBlocks(surface: Surface, blocks: unknown, pointer = '/blocks'): readonly Problem[] {
  const { most, block } = surfaces[surface];
  const sameIds = repeated(asList(blocks).map((each) => asObject(each)?.block_id)).map((name) => ({
    pointer,
    message: `block_id ${name} already exists`,
  }));
  return [...list(block, 0, most)(blocks, pointer), ...sameIds];
}

/** The problems as Slack words them in `response_metadata.messages`. */
export function describeProblems(problems: readonly Problem[]): readonly string[] {
  return problems.map(({ message, pointer }) => `[ERROR] ${message} [json-pointer:${pointer}]`);
}
