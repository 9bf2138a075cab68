import { el } from './dom.js';

const tints = 8;

/** A tile with a person's initials; the same id always has the same tint. */
export function avatar(id, name, extraClass = '') {
  const tint = [...id].reduce((sum, letter) => sum * 31 + letter.codePointAt(0), 7) % tints;
  return el('span', { class: `avatar tint-${Math.abs(tint)} ${extraClass}`, 'aria-hidden': 'true' }, initials(name));
}

function initials(name) {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  const letters =
    words.length > 1 ? [words[0], words.at(-1)].map((word) => [...word][0]) : [...(words[0] ?? '?')].slice(0, 1);
  return letters.join('').toUpperCase();
}
