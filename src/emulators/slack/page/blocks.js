import { el } from './dom.js';
import { actionElement } from './elements.js';
import { inputBlock } from './inputs.js';
import { link, textObject } from './mrkdwn.js';
import { richText } from './rich-text.js';

/** Block type → renderer. `act(element, block, extra)` tells the owner of the blocks that something was clicked. */
const renderers = {
  section,
  header: (block) => el('h3', { class: 'block block-header' }, textObject(block.text)),
  context: (block) => el('div', { class: 'block context' }, block.elements.map(contextElement)),
  divider: () => el('hr', { class: 'block' }),
  actions,
  input: inputBlock,
  image,
  rich_text: richText,
};

/** One block; an unknown or broken one becomes a labelled fallback instead of spoiling the message. */
export function renderBlock(block, act) {
  try {
    const render = Object.hasOwn(renderers, block?.type) ? renderers[block.type] : fallback;
    const node = render(block, act);
    if (block.block_id) node.dataset.blockId = block.block_id;
    return node;
  } catch {
    return fallback(block);
  }
}

function section(block, act) {
  const body = el('div', { class: 'section-body' });
  if (block.text) body.append(el('div', { class: 'text' }, textObject(block.text)));
  if (block.fields) {
    body.append(
      el(
        'div',
        { class: 'fields' },
        block.fields.map((field) => el('div', { class: 'text' }, textObject(field))),
      ),
    );
  }
  const extra = block.accessory && el('div', { class: 'accessory' }, accessory(block.accessory, block, act));
  return el('div', { class: 'block section' }, body, extra);
}

function accessory(element, block, act) {
  return element.type === 'image' ? picture(element, 'thumbnail') : actionElement(element, block, act);
}

function contextElement(element) {
  if (element.type === 'image') return picture(element, 'context-image');
  return el('span', { class: 'text' }, textObject(element));
}

function actions(block, act) {
  const elements = block.elements.map((element) => actionElement(element, block, act));
  return el('div', { class: 'block actions' }, elements);
}

function image(block) {
  const title = block.title && el('figcaption', {}, textObject(block.title));
  return el('figure', { class: 'block image' }, title, picture(block, 'picture'));
}

/** Pictures of this server are shown; any other becomes a link, since the page makes no external request. */
function picture(element, className) {
  const url = element.image_url ?? '';
  const isOwn = /^data:image\/(?:png|gif|jpeg|webp|svg\+xml)[;,]/.test(url) || isSameOrigin(url);
  if (isOwn) return el('img', { class: className, src: url, alt: element.alt_text ?? '' });
  return link(url, [element.alt_text || 'Image'], { class: `${className} picture-link` });
}

function isSameOrigin(url) {
  return URL.canParse(url, document.baseURI) && new URL(url, document.baseURI).origin === location.origin;
}

function fallback(block) {
  return el(
    'details',
    { class: 'block fallback' },
    el('summary', {}, `Unsupported block: ${block?.type ?? 'unknown'}`),
    el('pre', { tabindex: '0' }, JSON.stringify(block, null, 2)),
  );
}

const shown = new WeakMap();

/**
 * Makes a container show these blocks. A block that did not change keeps its nodes, and with them focus and open menus;
 * where the focused element was replaced, its successor with the same action takes the focus.
 */
export function patchBlocks(container, blocks, act) {
  const before = shown.get(container) ?? [];
  const after = blocks.map((block) => JSON.stringify(block));
  const focused = focusedAction(container);
  blocks.forEach((block, index) => {
    if (before[index] === after[index]) return;
    const node = renderBlock(block, act);
    if (index < before.length) container.children[index].replaceWith(node);
    else container.append(node);
  });
  while (container.children.length > blocks.length) container.lastElementChild.remove();
  shown.set(container, after);
  if (focused && !container.contains(document.activeElement)) refocus(container, focused);
}

function focusedAction(container) {
  if (!container.contains(document.activeElement)) return undefined;
  const { actionId, value } = document.activeElement.dataset;
  return { actionId, value };
}

function refocus(container, { actionId, value }) {
  const same = [...container.querySelectorAll('[data-action-id]')].filter((node) => node.dataset.actionId === actionId);
  const next = same.find((node) => node.dataset.value === value) ?? same[0] ?? container.closest('[tabindex]');
  next?.focus({ preventScroll: true });
}
