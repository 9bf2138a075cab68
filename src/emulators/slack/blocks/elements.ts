import type { JsonObject } from '../json';
import { asObjects } from '../json';
import type { Check, Problem } from './check';
import { anything, byType, count, flag, list, shape, text, webAddress, word } from './check';
import {
  anyText,
  confirmation,
  identifier,
  oneSourceOfOptions,
  option,
  optionGroup,
  overflowOption,
  plainText,
} from './composition';

const interactive = { action_id: identifier, confirm: confirmation, focus_on_load: flag };
const placeholder = { placeholder: plainText(150) };
const dispatch = { dispatch_action_config: anything };

const button = shape(
  { type: word('button'), text: plainText(75) },
  {
    action_id: identifier,
    value: text(2000, 0),
    url: webAddress(3000),
    style: word('primary', 'danger'),
    confirm: confirmation,
    accessibility_label: text(75),
  },
);

/** An image element: an address or an uploaded file, and always an alternative text. */
export const imageElement = shape(
  { type: word('image'), alt_text: text(2000, 0) },
  { image_url: webAddress(3000), slack_file: anything },
  (image, pointer) => onePictureSource(image, pointer),
);

/** A picture comes from one place. */
export function onePictureSource(image: JsonObject, pointer: string): readonly Problem[] {
  const given = [image.image_url, image.slack_file].filter((source) => source !== undefined).length;
  return given === 1 ? [] : [{ pointer, message: 'must provide either image_url or slack_file' }];
}

function initialOptionIsOffered(menu: JsonObject, pointer: string): readonly Problem[] {
  const offered = [...asObjects(menu.options), ...asObjects(menu.option_groups).flatMap((g) => asObjects(g.options))];
  const initial = [menu.initial_option, ...asObjects(menu.initial_options)].filter((each) => each !== undefined);
  const values = new Set(offered.map((each) => each.value));
  return asObjects(initial).every((each) => values.has(each.value))
    ? []
    : [{ pointer, message: 'the initial option must be one of the options' }];
}

const menuRules = (menu: JsonObject, pointer: string) => [
  ...oneSourceOfOptions(menu, pointer),
  ...initialOptionIsOffered(menu, pointer),
];
const menuOptions = { options: list(option(plainText(75)), 1, 100), option_groups: list(optionGroup, 1, 100) };
const choice = (type: string, initial: Readonly<Record<string, Check>>) =>
  shape(
    { type: word(type), options: list(option(anyText(75)), 1, 10) },
    { ...interactive, ...initial },
    initialOptionIsOffered,
  );

function select(type: string, initial: Readonly<Record<string, Check>>): Check {
  return shape({ type: word(type) }, { ...interactive, ...placeholder, ...initial });
}

const menus: Readonly<Record<string, Check>> = {
  static_select: shape(
    { type: word('static_select') },
    { ...interactive, ...placeholder, ...menuOptions, initial_option: anything },
    menuRules,
  ),
  multi_static_select: shape(
    { type: word('multi_static_select') },
    { ...interactive, ...placeholder, ...menuOptions, initial_options: anything, max_selected_items: count },
    menuRules,
  ),
  external_select: select('external_select', { initial_option: anything, min_query_length: count }),
  users_select: select('users_select', { initial_user: text(255) }),
  multi_users_select: select('multi_users_select', { initial_users: anything, max_selected_items: count }),
  conversations_select: select('conversations_select', {
    initial_conversation: text(255),
    default_to_current_conversation: flag,
    response_url_enabled: flag,
    filter: anything,
  }),
  channels_select: select('channels_select', { initial_channel: text(255), response_url_enabled: flag }),
};

const pickers: Readonly<Record<string, Check>> = {
  datepicker: select('datepicker', { initial_date: text(10) }),
  timepicker: select('timepicker', { initial_time: text(5), timezone: text(255) }),
  datetimepicker: select('datetimepicker', { initial_date_time: count }),
  checkboxes: choice('checkboxes', { initial_options: anything }),
  radio_buttons: choice('radio_buttons', { initial_option: anything }),
};

const overflow = shape(
  { type: word('overflow'), options: list(overflowOption, 1, 5) },
  { action_id: identifier, confirm: confirmation },
);

const typed = (type: string, more: Readonly<Record<string, Check>>) =>
  shape({ type: word(type) }, { action_id: identifier, focus_on_load: flag, ...placeholder, ...dispatch, ...more });

const fields: Readonly<Record<string, Check>> = {
  plain_text_input: typed('plain_text_input', {
    initial_value: text(3000, 0),
    multiline: flag,
    min_length: count,
    max_length: count,
  }),
  number_input: shape(
    { type: word('number_input'), is_decimal_allowed: flag },
    {
      action_id: identifier,
      focus_on_load: flag,
      ...placeholder,
      ...dispatch,
      initial_value: text(255, 0),
      min_value: text(255),
      max_value: text(255),
    },
  ),
  email_text_input: typed('email_text_input', { initial_value: text(3000, 0) }),
  url_text_input: typed('url_text_input', { initial_value: text(3000, 0) }),
  rich_text_input: typed('rich_text_input', { initial_value: anything }),
};

/** What may stand beside a section. */
export const accessory: Check = byType({ button, image: imageElement, overflow, ...menus, ...pickers });

/** What an actions block may hold. */
export const actionElement: Check = byType({ button, overflow, ...menus, ...pickers });

/** What an input block may hold. */
export const inputElement: Check = byType({ ...fields, ...menus, ...pickers });

/** What a context block may hold. */
export const contextElement: Check = byType({
  image: imageElement,
  plain_text: plainText(2000),
  mrkdwn: anyText(2000),
});
