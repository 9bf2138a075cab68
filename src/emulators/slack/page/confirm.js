import { byId, el } from './dom.js';
import { textObject } from './mrkdwn.js';

/** Asks what a confirm object asks; resolves to whether the person agreed. Escape means no. */
export function confirmDialog(confirm) {
  const dialog = byId('confirm');
  dialog.returnValue = 'no';
  dialog.replaceChildren(
    el('h2', { class: 'dialog-title', id: 'confirm-title' }, textObject(confirm.title)),
    el('div', { class: 'dialog-body text', id: 'confirm-text' }, textObject(confirm.text)),
    el('div', { class: 'dialog-buttons' }, denyButton(dialog, confirm), confirmButton(dialog, confirm)),
  );
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}

function denyButton(dialog, confirm) {
  const props = { class: 'button', type: 'button', 'data-testid': 'dialog-deny', onclick: () => dialog.close('no') };
  const isFirst = confirm.style === 'danger';
  return el('button', { ...props, autofocus: isFirst }, confirm.deny ? textObject(confirm.deny) : 'Cancel');
}

function confirmButton(dialog, confirm) {
  const isDanger = confirm.style === 'danger';
  const props = {
    class: `button ${isDanger ? 'button-danger' : 'button-primary'}`,
    type: 'button',
    'data-testid': 'dialog-confirm',
    autofocus: !isDanger,
    onclick: () => dialog.close('yes'),
  };
  return el('button', props, confirm.confirm ? textObject(confirm.confirm) : 'Yes');
}
