import { actOn } from './act.js';
import { post } from './api.js';
import { patchBlocks } from './blocks.js';
import { myId } from './directory.js';
import { byId, el, icon } from './dom.js';
import { collectValues, missingValues, restoreValues, showErrors } from './inputs.js';
import { textObject } from './mrkdwn.js';
import { toast } from './toasts.js';

let shown;

/** Shows the view of the state, updates it in place if its id stayed, or closes the dialog if there is none. */
export function showModal(view) {
  if (view === shown) return;
  const dialog = byId('modal');
  const isSame = view && shown && view.id === shown.id;
  shown = view ?? undefined;
  if (!view) dialog.close();
  else if (isSame) updateView(dialog, view);
  else openView(dialog, view);
}

const titleOf = (text, fallback) => (typeof text === 'string' ? text : textObject(text ?? { text: fallback }));

function openView(dialog, view) {
  const form = el(
    'form',
    { class: 'modal-form', novalidate: true, onsubmit: (event) => submit(event, dialog) },
    el(
      'header',
      { class: 'modal-head' },
      el('h2', { class: 'dialog-title', id: 'modal-title' }),
      el(
        'button',
        { class: 'icon-button', type: 'button', 'aria-label': 'Close', onclick: closeByPerson },
        icon('close'),
      ),
    ),
    el('div', { class: 'modal-blocks' }),
    el('footer', { class: 'dialog-buttons' }),
  );
  dialog.replaceChildren(form);
  fill(dialog, view);
  if (!dialog.open) dialog.showModal();
  dialog.querySelector('[autofocus], .modal-blocks :is(input, textarea, select)')?.focus();
}

function updateView(dialog, view) {
  const values = collectValues(dialog);
  fill(dialog, view);
  restoreValues(dialog, values);
}

function fill(dialog, view) {
  dialog.querySelector('.dialog-title').replaceChildren(...[titleOf(view.title, '')].flat());
  patchBlocks(
    dialog.querySelector('.modal-blocks'),
    view.blocks,
    actOn(() => ({ viewId: view.id })),
  );
  const submits = view.blocks.some((block) => block.type === 'input') || view.submit;
  dialog
    .querySelector('footer')
    .replaceChildren(
      el(
        'button',
        { class: 'button', type: 'button', 'data-testid': 'modal-close', onclick: closeByPerson },
        titleOf(view.close, 'Close'),
      ),
      submits ? submitButton(view) : '',
    );
}

const submitButton = (view) =>
  el(
    'button',
    { class: 'button button-primary', type: 'submit', 'data-testid': 'modal-submit' },
    titleOf(view.submit, 'Submit'),
  );

async function submit(event, dialog) {
  event.preventDefault();
  const view = shown;
  const values = collectValues(dialog);
  const missing = missingValues(dialog, values);
  showErrors(dialog, missing);
  if (Object.keys(missing).length > 0) return;
  const button = dialog.querySelector('[data-testid="modal-submit"]');
  if (button.getAttribute('aria-busy') === 'true') return;
  button.setAttribute('aria-busy', 'true');
  const reply = await post('view/submit', { user: myId(), viewId: view.id, values });
  button.removeAttribute('aria-busy');
  finish(dialog, view, reply);
}

// The server may have answered with another view; only the one that was submitted is closed.
function finish(dialog, view, reply) {
  if (shown !== view) return;
  if (reply.errors) showErrors(dialog, reply.errors).forEach((text) => toast(text, 'error'));
  else if (reply.ok) hide();
}

function hide() {
  shown = undefined;
  onHidden();
  byId('modal').close();
}

function closeByPerson() {
  const view = shown;
  hide();
  if (view) post('view/close', { user: myId(), viewId: view.id });
}

let onHidden = () => {};

/** Wires Escape, which closes like the button; `hidden` runs when the page itself closed the dialog. */
export function wireModal(hidden) {
  onHidden = hidden;
  byId('modal').addEventListener('cancel', (event) => {
    if (event.target !== byId('modal')) return;
    event.preventDefault();
    closeByPerson();
  });
}
