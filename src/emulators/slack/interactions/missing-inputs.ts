import type { JsonObject } from '../json';
import { asObject, asText } from '../json';

const answers = [
  'value',
  'selected_option',
  'selected_options',
  'selected_user',
  'selected_users',
  'selected_conversation',
  'selected_channel',
  'selected_date',
  'selected_time',
  'selected_date_time',
  'rich_text_value',
];

/** Slack's own messages for required inputs left empty and for texts of the wrong length, by block id. */
export function missingInputs(blocks: readonly JsonObject[], values: JsonObject): Readonly<Record<string, string>> {
  const found = blocks
    .filter((block) => block.type === 'input')
    .map((block) => [asText(block.block_id) ?? '', complaint(block, values)] as const)
    .filter((entry): entry is readonly [string, string] => entry[1] !== undefined);
  return Object.fromEntries(found);
}

function complaint(block: JsonObject, values: JsonObject): string | undefined {
  const element = asObject(block.element) ?? {};
  const answer = asObject(asObject(values[asText(block.block_id) ?? ''])?.[asText(element.action_id) ?? '']) ?? {};
  const given = answers.map((field) => answer[field]).filter((value) => !isEmpty(value));
  if (given.length === 0) return block.optional === true ? undefined : 'Please complete this required field.';
  const length = asText(answer.value)?.length ?? 0;
  const { min_length: least, max_length: most } = element;
  if (typeof least === 'number' && length < least) return `Please enter at least ${least} characters.`;
  return typeof most === 'number' && length > most ? `Please enter no more than ${most} characters.` : undefined;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}
