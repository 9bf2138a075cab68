import type { JsonObject } from '../json';
import { asObject, asObjects } from '../json';

/** What a person did to an element: pressed it or chose something. */
export type Press = {
  readonly actionId: string;
  readonly blockId: string;
  readonly value?: string;
  /** The chosen option, or its value alone. */
  readonly selectedOption?: JsonObject | string;
};

/** The element a press means, as it stands now; undefined when it is not there any more. */
export function findElement(blocks: readonly JsonObject[], press: Press): JsonObject | undefined {
  const block = blocks.find((each) => each.block_id === press.blockId);
  if (block === undefined) return undefined;
  const elements = [...asObjects(block.elements), ...asObjects([block.accessory]), ...asObjects([block.element])];
  return elements.find((element) => element.action_id === press.actionId && element.type !== 'image');
}

/** The action of a block_actions payload; undefined when the chosen option is not offered. */
export function describeAction(element: JsonObject, press: Press, actionTs: string): JsonObject | undefined {
  const { type, action_id, placeholder, confirm } = element;
  const base = { type, action_id, block_id: press.blockId, action_ts: actionTs };
  if (type === 'button') {
    const { text, value, style, url } = element;
    return dropAbsent({ ...base, text, value, style, url, confirm });
  }
  if (type === 'static_select' || type === 'overflow' || type === 'radio_buttons') {
    const chosen = findOption(element, press);
    return chosen === undefined ? undefined : dropAbsent({ ...base, selected_option: chosen, placeholder, confirm });
  }
  return dropAbsent({ ...base, ...otherChoice(press), placeholder, confirm });
}

/** The part of an action that Slack repeats in `state.values`; undefined for elements that keep nothing. */
export function stateOf(action: JsonObject): JsonObject | undefined {
  if (action.type === 'button' || action.type === 'overflow') return undefined;
  const { type, selected_option, value } = action;
  return dropAbsent({ type, selected_option, value });
}

function findOption(element: JsonObject, { selectedOption, value }: Press): JsonObject | undefined {
  const wanted = typeof selectedOption === 'string' ? selectedOption : (selectedOption?.value ?? value);
  const offered = [
    ...asObjects(element.options),
    ...asObjects(element.option_groups).flatMap((group) => asObjects(group.options)),
  ];
  return offered.find((option) => option.value === wanted);
}

function otherChoice({ selectedOption, value }: Press): JsonObject {
  const option = asObject(selectedOption);
  if (option !== undefined) return { selected_option: option };
  return { value: value ?? selectedOption };
}

function dropAbsent(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
