import { suggest } from './completion.js';
import { announce, el } from './dom.js';

/**
 * The list above a text box that completes commands, and the line that shows a command's usage. Commands preselect their
 * first entry; alternatives of an argument do not, so that Enter still sends what was typed.
 */
export class SuggestionBox {
  #items = [];
  #active = -1;

  constructor(input, id, commands) {
    this.input = input;
    this.id = id;
    this.commands = commands;
    this.list = el('ul', {
      class: 'suggestions',
      id: `${id}-list`,
      role: 'listbox',
      'aria-label': 'Commands',
      hidden: true,
    });
    this.usage = el('p', {
      class: 'usage',
      id: `${id}-usage`,
      'data-testid': id.replace('composer-input', 'usage'),
      hidden: true,
    });
    input.addEventListener('input', () => this.refresh());
    input.addEventListener('blur', () => this.close());
  }

  refresh() {
    const { items, usage } = suggest(this.input.value.slice(0, this.input.selectionStart), this.commands());
    this.#items = items;
    this.#active = items.length > 0 && usage === undefined ? 0 : -1;
    this.#showUsage(usage);
    this.#showItems();
    if (items.length > 0) announce(`${items.length} ${items.length === 1 ? 'suggestion' : 'suggestions'}`);
  }

  close() {
    this.#items = [];
    this.#showItems();
  }

  /** Handles a key and tells whether it was meant for the list. */
  handleKey(event) {
    if (this.#items.length === 0) return false;
    if (event.key === 'ArrowDown') return this.#move(1);
    if (event.key === 'ArrowUp') return this.#move(-1);
    if (event.key === 'Escape') return this.#dismiss();
    if (event.key === 'Tab' && !event.shiftKey) return this.#accept(Math.max(this.#active, 0));
    if (event.key === 'Enter' && !event.shiftKey) return !this.#isComplete() && this.#accept(this.#active);
    return false;
  }

  #isComplete() {
    const item = this.#items[this.#active];
    return item === undefined || item.insert.trim() === this.input.value.trim();
  }

  #dismiss() {
    this.close();
    return true;
  }

  #move(step) {
    const count = this.#items.length;
    this.#active = (Math.max(this.#active, step > 0 ? -1 : 0) + step + count) % count;
    this.#showItems();
    return true;
  }

  #accept(index) {
    const rest = this.input.value.slice(this.input.selectionStart);
    const { insert } = this.#items[index];
    this.input.value = `${insert}${rest}`;
    this.input.setSelectionRange(insert.length, insert.length);
    this.input.dispatchEvent(new Event('input', { bubbles: true }));
    this.input.focus();
    return true;
  }

  #showItems() {
    this.list.hidden = this.#items.length === 0;
    this.list.replaceChildren(...this.#items.map((item, index) => this.#option(item, index)));
    if (this.#items.length > 0 && this.#active >= 0) {
      this.input.setAttribute('aria-activedescendant', `${this.id}-option-${this.#active}`);
      this.list.children[this.#active].scrollIntoView({ block: 'nearest' });
    } else this.input.removeAttribute('aria-activedescendant');
  }

  #option(item, index) {
    return el(
      'li',
      {
        class: 'suggestion',
        id: `${this.id}-option-${index}`,
        role: 'option',
        'aria-selected': String(index === this.#active),
        // The text box must keep the focus, or its blur would close the list before the click.
        onpointerdown: (event) => event.preventDefault(),
        onclick: () => this.#accept(index),
      },
      el('span', { class: 'suggestion-label' }, item.label),
      item.hint && el('span', { class: 'suggestion-hint' }, item.hint),
      item.note && el('span', { class: 'suggestion-note' }, item.note),
    );
  }

  #showUsage(usage) {
    this.usage.hidden = usage === undefined;
    if (usage === undefined) return;
    const parts = usage.parts.flatMap((part, index) => [
      ' ',
      el('span', { class: index === usage.current ? 'usage-current' : '' }, part),
    ]);
    const note = usage.description && el('span', { class: 'usage-note' }, usage.description);
    this.usage.replaceChildren(el('span', { class: 'usage-form' }, usage.command, ...parts), note || '');
  }
}
