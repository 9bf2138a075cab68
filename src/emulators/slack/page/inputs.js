import { el } from './dom.js';
import { actionElement, selectNode, textOf } from './elements.js';
import { textObject } from './mrkdwn.js';

let lastId = 0;

/** An input block: label, control, hint and room for an error. */
export function inputBlock(block, act) {
  const id = `input-${(lastId += 1)}`;
  const element = block.element;
  const control = Object.hasOwn(controls, element.type)
    ? controls[element.type](element, controlProps(block, id))
    : actionElement(element, block, act);
  const isGroup = control.getAttribute('role') === 'radiogroup' || control.getAttribute('role') === 'group';
  return el(
    'div',
    { class: 'block input-block', 'data-block-id': block.block_id, 'data-optional': block.optional === true },
    el(isGroup ? 'span' : 'label', isGroup ? { class: 'label', id: `${id}-label` } : { class: 'label', for: id }, [
      ...textObject(block.label),
      block.optional && el('span', { class: 'optional' }, ' (optional)'),
    ]),
    control,
    block.hint && el('p', { class: 'hint', id: `${id}-hint` }, textObject(block.hint)),
    el('p', { class: 'field-error', id: `${id}-error`, hidden: true }),
  );
}

function controlProps(block, id) {
  const { element } = block;
  return {
    id,
    'data-control': true,
    'data-type': element.type,
    'data-action-id': element.action_id,
    'data-block-id': block.block_id,
    'aria-describedby': block.hint ? `${id}-hint ${id}-error` : `${id}-error`,
    'aria-required': block.optional ? undefined : 'true',
  };
}

const controls = {
  plain_text_input: textInput,
  number_input: (element, props) => textInput(element, { ...props, inputmode: 'decimal' }),
  static_select: (element, props) => selectNode(element, { ...props, 'aria-label': undefined }),
  radio_buttons: (element, props) => choices(element, props, 'radio'),
  checkboxes: (element, props) => choices(element, props, 'checkbox'),
};

function textInput(element, props) {
  const common = {
    ...props,
    class: 'text-input',
    placeholder: element.placeholder && textOf(element.placeholder),
    maxlength: element.max_length,
    minlength: element.min_length,
    autofocus: element.focus_on_load,
    autocomplete: 'off',
  };
  const node = element.multiline ? el('textarea', { ...common, rows: 4 }) : el('input', { ...common, type: 'text' });
  node.value = element.initial_value ?? '';
  return node;
}

function choices(element, props, type) {
  const initial = [element.initial_option, ...(element.initial_options ?? [])].map((option) => option?.value);
  const items = element.options.map((option) =>
    el(
      'label',
      { class: 'choice' },
      el('input', { type, name: props.id, value: option.value, checked: initial.includes(option.value) }),
      el('span', {}, textObject(option.text)),
    ),
  );
  const isRadio = type === 'radio';
  return el(
    'div',
    {
      ...props,
      class: 'choices',
      role: isRadio ? 'radiogroup' : 'group',
      'aria-labelledby': `${props.id}-label`,
      'aria-required': isRadio ? props['aria-required'] : undefined,
    },
    items,
  );
}

function valueOf(control) {
  const checked = () => [...control.querySelectorAll('input:checked')].map((input) => input.value);
  if (control.dataset.type === 'radio_buttons') return checked()[0] ?? '';
  return control.dataset.type === 'checkboxes' ? checked() : control.value;
}

/** What the controls below a node hold, as `{[blockId]: {[actionId]: {type, value}}}`. */
export function collectValues(root) {
  const values = {};
  for (const control of root.querySelectorAll('[data-control]')) {
    const { blockId, actionId, type } = control.dataset;
    values[blockId] = { ...values[blockId], [actionId]: { type, value: valueOf(control) } };
  }
  return values;
}

/** Puts values back into text inputs and selects that still have the same block and action. */
export function restoreValues(root, values) {
  for (const control of root.querySelectorAll('input[data-control], textarea[data-control], select[data-control]')) {
    const kept = values[control.dataset.blockId]?.[control.dataset.actionId];
    if (kept !== undefined && kept.type === control.dataset.type) control.value = kept.value;
  }
}

/** Block ids of required inputs that are empty, each with what to do. */
export function missingValues(root, values) {
  const required = [...root.querySelectorAll('.input-block:not([data-optional])')];
  const isEmpty = (block) => Object.values(values[block.dataset.blockId] ?? {}).some(({ value }) => value.length === 0);
  return Object.fromEntries(
    required.filter(isEmpty).map((block) => [block.dataset.blockId, 'Please complete this field.']),
  );
}

/** Shows these errors and no others, and moves the focus to the first; returns the texts that no block could show. */
export function showErrors(root, errors) {
  const unplaced = new Map(Object.entries(errors));
  const blocks = [...root.querySelectorAll('.input-block')];
  for (const block of blocks) {
    const text = unplaced.get(block.dataset.blockId);
    unplaced.delete(block.dataset.blockId);
    markError(block, text);
  }
  root.querySelector('[aria-invalid="true"]')?.focus();
  return [...unplaced.values()];
}

function markError(block, text) {
  const note = block.querySelector('.field-error');
  note.textContent = text ?? '';
  note.hidden = text === undefined;
  const control = block.querySelector('[data-control]');
  if (text === undefined) control?.removeAttribute('aria-invalid');
  else control?.setAttribute('aria-invalid', 'true');
}
