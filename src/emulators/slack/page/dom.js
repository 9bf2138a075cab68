/** Creates an element. Strings become text nodes, never markup; a prop `on…` is a listener; false and undefined are left out. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(node, name, value);
  node.append(...children.flat().filter(isPresent));
  return node;
}

const isPresent = (value) => value !== undefined && value !== null && value !== false;

function setProp(node, name, value) {
  if (!isPresent(value)) return;
  if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
  else if (name === 'class') node.className = value;
  else node.setAttribute(name, value === true ? '' : String(value));
}

export const byId = (id) => document.getElementById(id);

const svgNamespace = 'http://www.w3.org/2000/svg';

/** Outlines on a 20 by 20 grid, drawn with the text colour. */
const outlines = {
  menu: 'M3 5.5h14M3 10h14M3 14.5h14',
  close: 'M5 5l10 10M15 5L5 15',
  send: 'M3 10l14-6.5L11.5 17 9.5 11.5z',
  reply: 'M4 5h12v8H9l-3.5 3v-3H4z',
  more: 'M4.5 10h.01M10 10h.01M15.5 10h.01',
  eye: 'M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5zM10 8a2 2 0 100 4 2 2 0 000-4z',
  check: 'M4 10.5l4 4 8-9',
};

export function icon(name) {
  return svg('icon', [{ d: outlines[name] }]);
}

/** An SVG of paths that is hidden from assistive technology. */
export function svg(className, paths) {
  const root = document.createElementNS(svgNamespace, 'svg');
  root.setAttribute('viewBox', '0 0 20 20');
  root.setAttribute('class', className);
  root.setAttribute('aria-hidden', 'true');
  for (const attributes of paths) {
    const path = document.createElementNS(svgNamespace, 'path');
    for (const [name, value] of Object.entries(attributes)) path.setAttribute(name, value);
    root.append(path);
  }
  return root;
}

/**
 * Makes the children of a container equal the rows `{key, create(), update?(node)}`. A node whose row stays is neither
 * recreated nor moved, since moving a node would take the focus from it.
 */
export function reconcile(container, rows) {
  const wanted = new Set(rows.map((row) => row.key));
  for (const node of [...container.children]) if (!wanted.has(node.dataset.key)) node.remove();
  const existing = new Map([...container.children].map((node) => [node.dataset.key, node]));
  let cursor = container.firstElementChild;
  for (const row of rows) {
    const node = existing.get(row.key) ?? createRow(row);
    row.update?.(node);
    if (node === cursor) cursor = cursor.nextElementSibling;
    else container.insertBefore(node, cursor);
  }
}

function createRow(row) {
  const node = row.create();
  node.dataset.key = row.key;
  return node;
}

/** Speaks to screen readers without showing anything. */
export function announce(text) {
  byId('announcer').textContent = text;
}
