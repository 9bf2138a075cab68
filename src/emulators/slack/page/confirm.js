import { el } from './dom.js';
import { textObject } from './mrkdwn.js';

/**
 * Asks what a confirm object asks; resolves to whether the person agreed. Escape means no. Each question has a dialog of
 * its own: a close event comes late, and must not answer the next question.
 */
export function confirmDialog(confirm) {
  const dialog = el('dialog', {
    class: 'dialog confirm',
    'data-testid': 'dialog',
    'aria-labelledby': 'confirm-title',
    'aria-describedby': 'confirm-text',
  });
  dialog.append(
    el('h2', { class: 'dialog-title', id: 'confirm-title' }, textObject(confirm.title)),
    el('div', { class: 'dialog-body text', id: 'confirm-text' }, textObject(confirm.text)),
    el('div', { class: 'dialog-buttons' }, denyButton(dialog, confirm), confirmButton(dialog, confirm)),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
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
