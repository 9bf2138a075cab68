import { byId, el, icon } from './dom.js';

const shownMs = 6000;

/** Shows a notice at the edge of the page for a few seconds; `kind` is 'notice' or 'error'. */
export function toast(text, kind = 'notice') {
  const node = el('div', { class: `toast toast-${kind}`, 'data-testid': 'toast' }, el('span', {}, text));
  const remove = () => node.remove();
  node.append(
    el('button', { class: 'icon-button', type: 'button', 'aria-label': 'Dismiss', onclick: remove }, icon('close')),
  );
  const toasts = byId('toasts');
  toasts.append(node);
  // Shown anew, it stands above a dialog that was opened since.
  if (toasts.matches(':popover-open')) toasts.hidePopover();
  toasts.showPopover();
  setTimeout(remove, shownMs);
}
