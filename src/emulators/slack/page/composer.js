import { el, icon } from './dom.js';
import { SuggestionBox } from './suggestion-box.js';

const history = [];

/**
 * A message box: Enter sends, Shift+Enter starts a line, ArrowUp in an empty box brings back what was sent before.
 * `send(text)` resolves to whether it was accepted; a refused text returns to the box. `prefix` starts the test ids.
 */
export function createComposer({ prefix = '', commands, send }) {
  const id = `${prefix}composer-input`;
  const input = el('textarea', {
    class: 'composer-input',
    id,
    rows: 1,
    'data-testid': `${prefix}composer`,
    'aria-autocomplete': 'list',
    'aria-controls': `${id}-list`,
    'aria-describedby': `${id}-usage`,
  });
  const button = el(
    'button',
    { class: 'send', type: 'submit', 'data-testid': `${prefix}send`, 'aria-label': 'Send', disabled: true },
    icon('send'),
  );
  const box = new SuggestionBox(input, id, commands);
  const form = el(
    'form',
    { class: 'composer' },
    box.list,
    box.usage,
    el('div', { class: 'composer-row' }, input, button),
  );
  wire({ form, input, button, box, send });
  return { form, setPlaceholder: (text) => setPlaceholder(input, text), focus: () => input.focus() };
}

function setPlaceholder(input, text) {
  input.placeholder = text;
  input.setAttribute('aria-label', text);
}

function wire({ form, input, button, box, send }) {
  input.addEventListener('input', () => {
    button.disabled = input.value.trim() === '';
    fitHeight(input);
  });
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (box.handleKey(event) || recall(event, input)) event.preventDefault();
    else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submit(input, box, send);
  });
}

async function submit(input, box, send) {
  const text = input.value.trim();
  if (text === '') return;
  if (history.at(-1) !== text) history.push(text);
  setText(input, '');
  box.close();
  input.focus();
  if (!(await send(text)) && input.value === '') setText(input, text);
}

function setText(input, text) {
  input.value = text;
  input.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Steps back through what was sent, as long as the box holds nothing else. */
function recall(event, input) {
  if (event.key !== 'ArrowUp' || event.shiftKey) return false;
  const at = input.value === '' ? history.length : history.lastIndexOf(input.value);
  if (at <= 0) return false;
  setText(input, history[at - 1]);
  return true;
}

function fitHeight(input) {
  input.style.height = 'auto';
  input.style.height = `${Math.min(input.scrollHeight, 180)}px`;
}
