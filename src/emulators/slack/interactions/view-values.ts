import type { JsonObject } from '../json';
import { asFilledText, asList, asObject, asObjects, asText } from '../json';

/** The field in which Slack reports what a kind of element holds; anything else reports `value`. */
const fields: Readonly<Record<string, string>> = {
  static_select: 'selected_option',
  external_select: 'selected_option',
  radio_buttons: 'selected_option',
  multi_static_select: 'selected_options',
  checkboxes: 'selected_options',
  users_select: 'selected_user',
  multi_users_select: 'selected_users',
  conversations_select: 'selected_conversation',
  channels_select: 'selected_channel',
  datepicker: 'selected_date',
  timepicker: 'selected_time',
  datetimepicker: 'selected_date_time',
  rich_text_input: 'rich_text_value',
};

/**
 * A modal's `state.values` as Slack reports them: every input of the view and nothing else, empty ones as null (lists
 * as []), and options whole. A client may send an option's bare value as `value`; options that are not offered count as
 * not chosen. Choices made outside inputs are kept from the view.
 */
export function readViewValues(view: JsonObject, sent: JsonObject): JsonObject {
  const inputs = asObjects(view.blocks).filter((block) => block.type === 'input');
  const read = inputs.map((block) => {
    const element = asObject(block.element) ?? {};
    const [blockId, actionId] = [asText(block.block_id) ?? '', asText(element.action_id) ?? ''];
    const answer = asObject(asObject(sent[blockId])?.[actionId]) ?? {};
    return [blockId, { [actionId]: readAnswer(element, answer) }] as const;
  });
  return { ...asObject(asObject(view.state)?.values), ...Object.fromEntries(read) };
}

function readAnswer(element: JsonObject, answer: JsonObject): JsonObject {
  const { type } = element;
  const field = fields[asText(type) ?? ''] ?? 'value';
  const given = answer[field] ?? answer.value;
  if (field === 'selected_options') {
    const chosen = asList(given).map((each) => findOffered(element, each));
    return { type, [field]: chosen.filter((option) => option !== undefined) };
  }
  if (field === 'selected_users') return { type, [field]: asList(given) };
  if (field === 'selected_option') return { type, [field]: findOffered(element, given) ?? null };
  if (field === 'selected_date_time') return { type, [field]: given === '' ? null : Number(given ?? NaN) || null };
  if (field === 'rich_text_value') return { type, [field]: given ?? null };
  return { type, [field]: asFilledText(given) ?? null };
}

/** The option meant by itself or by its value; menus filled from elsewhere take any. */
function findOffered(element: JsonObject, chosen: unknown): JsonObject | undefined {
  const option = asObject(chosen);
  if (element.type === 'external_select') return option;
  const value = option?.value ?? chosen;
  const groups = asObjects(element.option_groups).flatMap((group) => asObjects(group.options));
  return [...asObjects(element.options), ...groups].find((each) => each.value === value);
}
