import { el, icon } from './dom.js';
import { link, plainText, safeUrl, textObject } from './mrkdwn.js';

/** An interactive element of an actions block or of a section. */
export function actionElement(element, block, act) {
  const make = Object.hasOwn(makers, element.type) ? makers[element.type] : unsupported;
  return make(element, block, act);
}

const makers = { button, static_select: staticSelect, overflow };

const unsupported = (element) => el('span', { class: 'unsupported' }, `Unsupported element: ${element.type}`);

function button(element, block, act) {
  const props = {
    class: `button ${['primary', 'danger'].includes(element.style) ? `button-${element.style}` : ''}`,
    'data-action-id': element.action_id,
    'data-value': element.value,
    'aria-label': element.accessibility_label,
  };
  const run = (event) => act(element, block, { value: element.value }, event.currentTarget);
  if (element.url && safeUrl(element.url)) return opener(link(element.url, textObject(element.text), props), run);
  return el('button', { ...props, type: 'button', onclick: run }, textObject(element.text));
}

function opener(anchor, run) {
  anchor.addEventListener('click', run);
  return anchor;
}

/** Options, flat or in groups, as `<option>` nodes; their order is their index in `allOptions`. */
export function optionNodes(element) {
  const selected = element.initial_option?.value;
  const node = (option) =>
    el('option', { value: option.value, selected: option.value === selected }, textOf(option.text));
  if (!element.option_groups) return (element.options ?? []).map(node);
  return element.option_groups.map((group) => el('optgroup', { label: textOf(group.label) }, group.options.map(node)));
}

export const allOptions = (element) =>
  element.option_groups ? element.option_groups.flatMap((group) => group.options) : (element.options ?? []);

/** A text object as bare text, for places that take no nodes. */
export function textOf(object) {
  return el('span', {}, plainText(object?.text ?? '')).textContent;
}

/** A native select with its placeholder as the empty choice. */
export function selectNode(element, props = {}) {
  const placeholder = element.placeholder ? textOf(element.placeholder) : 'Select an option';
  const empty = el('option', { value: '', selected: !element.initial_option }, placeholder);
  return el(
    'select',
    {
      class: 'select',
      'data-action-id': element.action_id,
      'data-type': element.type,
      'aria-label': placeholder,
      ...props,
    },
    empty,
    optionNodes(element),
  );
}

function staticSelect(element, block, act) {
  const onchange = async (event) => {
    const select = event.currentTarget;
    const selectedOption = allOptions(element).find((option) => option.value === select.value);
    if (!selectedOption) return;
    const isDone = await act(element, block, { selectedOption }, select);
    if (!isDone) select.value = element.initial_option?.value ?? '';
  };
  return selectNode(element, { 'data-block-id': block.block_id, 'data-control': true, onchange });
}

function overflow(element, block, act) {
  const menu = el('div', { class: 'menu', role: 'menu', popover: 'auto' });
  const opens = el(
    'button',
    {
      class: 'button button-icon',
      type: 'button',
      'data-action-id': element.action_id,
      'aria-label': 'More actions',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      onclick: () => openMenu(menu, opens),
    },
    icon('more'),
  );
  const choose = (option) => {
    menu.hidePopover();
    act(element, block, { selectedOption: option }, opens);
  };
  menu.append(...element.options.map((option) => menuItem(option, choose)));
  menu.addEventListener('keydown', moveInMenu);
  menu.addEventListener('toggle', (event) => opens.setAttribute('aria-expanded', String(event.newState === 'open')));
  return el('span', { class: 'overflow' }, opens, menu);
}

function menuItem(option, choose) {
  return el(
    'button',
    { class: 'menu-item', type: 'button', role: 'menuitem', 'data-value': option.value, onclick: () => choose(option) },
    textObject(option.text),
    option.description && el('span', { class: 'menu-note' }, textObject(option.description)),
  );
}

function openMenu(menu, opens) {
  menu.showPopover();
  const place = opens.getBoundingClientRect();
  const fitsBelow = place.bottom + menu.offsetHeight + 8 < innerHeight;
  menu.style.top = `${fitsBelow ? place.bottom + 4 : Math.max(8, place.top - menu.offsetHeight - 4)}px`;
  menu.style.left = `${Math.max(8, Math.min(place.left, innerWidth - menu.offsetWidth - 8))}px`;
  menu.querySelector('button')?.focus();
}

function moveInMenu(event) {
  const items = [...event.currentTarget.querySelectorAll('button')];
  const at = items.indexOf(document.activeElement);
  const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (target === undefined) return;
  event.preventDefault();
  items.at(target % items.length)?.focus();
}
