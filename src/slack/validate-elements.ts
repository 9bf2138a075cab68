import { asFields, asList, checkLength, checkList, type Fields } from './validate-fields';

export type { Fields } from './validate-fields';

/** A text object's place, length and kinds; both kinds when none are named. */
export type TextRule = { readonly at: string; readonly max: number; readonly kinds?: readonly string[] };

/** Faults of a text object. */
export function checkText(value: unknown, { at, max, kinds = ['plain_text', 'mrkdwn'] }: TextRule): string[] {
  const text = asFields(value);
  if (typeof text.type !== 'string' || !kinds.includes(text.type)) return [`${at}: must be ${kinds.join(' or ')}`];
  return [
    ...checkLength(text.text, { at: `${at}.text`, min: 1, max }),
    ...(text.type === 'mrkdwn' && text.emoji !== undefined ? [`${at}.emoji: stands in plain_text only`] : []),
    ...(text.type === 'plain_text' && text.verbatim !== undefined ? [`${at}.verbatim: stands in mrkdwn only`] : []),
  ];
}

const plainText = (value: unknown, at: string, max: number) => checkText(value, { at, max, kinds: ['plain_text'] });
const optional = (value: unknown, check: (value: unknown) => string[]) => (value === undefined ? [] : check(value));

function checkConfirm(value: unknown, at: string): string[] {
  const confirm = asFields(value);
  return [
    ...plainText(confirm.title, `${at}.title`, 100),
    ...checkText(confirm.text, { at: `${at}.text`, max: 300 }),
    ...plainText(confirm.confirm, `${at}.confirm`, 30),
    ...plainText(confirm.deny, `${at}.deny`, 30),
    ...checkStyle(confirm.style, at),
  ];
}

const checkStyle = (style: unknown, at: string): string[] =>
  style === undefined || style === 'primary' || style === 'danger'
    ? []
    : [`${at}.style: must be primary or danger, or left out`];

function checkButton(button: Fields, at: string): string[] {
  return [
    ...plainText(button.text, `${at}.text`, 75),
    ...optional(button.value, (value) => checkLength(value, { at: `${at}.value`, min: 0, max: 2000 })),
    ...optional(button.url, (url) => checkUrl(url, `${at}.url`)),
    ...optional(button.accessibility_label, (label) =>
      checkLength(label, { at: `${at}.accessibility_label`, min: 1, max: 75 }),
    ),
    ...checkStyle(button.style, at),
    ...(button.disabled === undefined ? [] : [`${at}.disabled: buttons have no such field`]),
  ];
}

function checkUrl(url: unknown, at: string): string[] {
  const faults = checkLength(url, { at, min: 1, max: 3000 });
  if (faults.length > 0) return faults;
  return URL.canParse(String(url)) ? [] : [`${at}: is no address`];
}

function checkOption(value: unknown, at: string): string[] {
  const option = asFields(value);
  return [
    ...checkText(option.text, { at: `${at}.text`, max: 75 }),
    ...checkLength(option.value, { at: `${at}.value`, min: 1, max: 75 }),
    ...optional(option.description, (text) => checkText(text, { at: `${at}.description`, max: 75 })),
    ...optional(option.url, (url) => checkLength(url, { at: `${at}.url`, min: 1, max: 3000 })),
  ];
}

const checkOptions = (value: unknown, at: string, max: number): string[] => [
  ...checkList(value, { at, min: 1, max }),
  ...asList(value).flatMap((option, index) => checkOption(option, `${at}[${index}]`)),
];

const checkGroup = (value: unknown, at: string): string[] => [
  ...plainText(asFields(value).label, `${at}.label`, 75),
  ...checkOptions(asFields(value).options, `${at}.options`, 100),
];

function checkInitialOption(select: Fields, at: string): string[] {
  if (select.initial_option === undefined) return [];
  const groups = asList(select.option_groups).flatMap((group) => asList(asFields(group).options));
  const values = [...asList(select.options), ...groups].map((option) => asFields(option).value);
  return values.includes(asFields(select.initial_option).value)
    ? []
    : [`${at}.initial_option: is not among the options`];
}

function checkStaticSelect(select: Fields, at: string): string[] {
  if (select.option_groups === undefined) {
    return [...checkOptions(select.options, `${at}.options`, 100), ...checkInitialOption(select, at)];
  }
  return [
    ...checkInitialOption(select, at),
    ...(select.options === undefined ? [] : [`${at}: options and option_groups exclude each other`]),
    ...checkList(select.option_groups, { at: `${at}.option_groups`, min: 1, max: 100 }),
    ...asList(select.option_groups).flatMap((group, index) => checkGroup(group, `${at}.option_groups[${index}]`)),
  ];
}

const checkPlainTextInput = (input: Fields, at: string): string[] => [
  ...['min_length', 'max_length'].flatMap((name) => {
    const length = input[name];
    const low = name === 'min_length' ? 0 : 1;
    if (length === undefined || (typeof length === 'number' && length >= low && length <= 3000)) return [];
    return [`${at}.${name}: must be a number from ${low} to 3000`];
  }),
  ...optional(input.initial_value, (text) => checkLength(text, { at: `${at}.initial_value`, min: 0, max: 3000 })),
  ...optional(input.multiline, (flag) => (typeof flag === 'boolean' ? [] : [`${at}.multiline: must be true or false`])),
];

const checkImage = (image: Fields, at: string): string[] => [
  ...(image.image_url === undefined && image.slack_file === undefined
    ? [`${at}: an image needs image_url or slack_file`]
    : []),
  ...optional(image.image_url, (url) => checkLength(url, { at: `${at}.image_url`, min: 1, max: 3000 })),
  ...checkLength(image.alt_text, { at: `${at}.alt_text`, min: 1, max: 2000 }),
];

const anyOf = (): string[] => [];

const elementChecks: Readonly<Record<string, (element: Fields, at: string) => string[]>> = {
  button: checkButton,
  static_select: checkStaticSelect,
  multi_static_select: checkStaticSelect,
  overflow: (element, at) => checkOptions(element.options, `${at}.options`, 5),
  checkboxes: (element, at) => checkOptions(element.options, `${at}.options`, 10),
  radio_buttons: (element, at) => checkOptions(element.options, `${at}.options`, 10),
  plain_text_input: checkPlainTextInput,
  image: checkImage,
  external_select: anyOf,
  multi_external_select: anyOf,
  users_select: anyOf,
  multi_users_select: anyOf,
  conversations_select: anyOf,
  multi_conversations_select: anyOf,
  channels_select: anyOf,
  multi_channels_select: anyOf,
  datepicker: anyOf,
  timepicker: anyOf,
  datetimepicker: anyOf,
  email_text_input: anyOf,
  url_text_input: anyOf,
  number_input: anyOf,
  rich_text_input: anyOf,
  file_input: anyOf,
  workflow_button: anyOf,
};

const inputsOnly = [
  'plain_text_input',
  'email_text_input',
  'url_text_input',
  'number_input',
  'rich_text_input',
  'file_input',
];

/** Elements an actions block takes. */
export const actionElementTypes: readonly string[] = Object.keys(elementChecks).filter(
  (type) => !inputsOnly.includes(type) && type !== 'image' && !type.startsWith('multi_'),
);

/** Elements a section takes beside its text. */
export const sectionAccessoryTypes: readonly string[] = Object.keys(elementChecks).filter(
  (type) => !inputsOnly.includes(type),
);

/** Faults of a block element; `types` are those its place takes, all when left out. */
export function checkElement(
  value: unknown,
  rule: { readonly at: string; readonly types?: readonly string[] },
): string[] {
  const element = asFields(value);
  const type = typeof element.type === 'string' ? element.type : '';
  const check = Object.hasOwn(elementChecks, type) ? elementChecks[type] : undefined;
  if (check === undefined || rule.types?.includes(type) === false) return [`${rule.at}: '${type}' does not stand here`];
  return [
    ...optional(element.action_id, (id) => checkLength(id, { at: `${rule.at}.action_id`, min: 1, max: 255 })),
    ...optional(element.placeholder, (text) => plainText(text, `${rule.at}.placeholder`, 150)),
    ...optional(element.confirm, (confirm) => checkConfirm(confirm, `${rule.at}.confirm`)),
    ...check(element, rule.at),
  ];
}
