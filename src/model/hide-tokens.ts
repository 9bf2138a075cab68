const mark = '[secret]';

/** What tells a secret by its own look: the tokens of well-known services, and keys between their markers. */
const shapes: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?/g,
  /\bx(?:ox[a-z]|app)-[\w-]{8,}/g,
  /\b(?:gh[a-z]_|github_pat_|glpat-|dckr_pat_|npm_|sk-|sk_live_|pk_live_|hvs\.)[\w-]{12,}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b/g,
];

/** A word that says that a secret follows: the word stays. */
const announced =
  /\b((?:authorization|bearer|basic|token|secret|passw(?:or)?d|pwd|api[-_]?key|access[-_]?key|credentials?|cookie)["']?\s*(?:[:=]\s*["']?|\s)(?:(?:bearer|basic|token)\s+)?)([^\s"',;]{6,})/gi;

/** Name and password before the host of an address. */
const userInfo = /(\b[a-z][a-z\d+.-]*:\/\/)[^\s/@]+@/gi;

const longWord = /(?<![\w/+.:@-])[\w+/-]{24,}={0,2}(?![\w/+.:@-])/g;

/** As git names a commit, and many name their image after it. */
const commit = /^[\da-f]{40}$/;

/** Whether a long word looks drawn by lot: upper and lower case and digits through one another, or nothing but hex digits. */
function isRandom(word: string): boolean {
  if (commit.test(word)) return false;
  if (/^[\da-f]{32,}$/i.test(word)) return true;
  if (word.includes('/') || !/\d/.test(word)) return false;
  return /[a-z]/.test(word) && /[A-Z]/.test(word);
}

// Only a value that no sentence would have there: "the token expired" is left alone.
const isValue = (word: string, before: string): boolean => /[:=]\s*["']?/.test(before) || /[\d_+/=]/.test(word);

/**
 * The text with what looks like a token, a password or a key taken out, in whatever place. It errs on the side of hiding;
 * digests with their `sha256:` and names of commits stay, being those of images.
 */
export function hideTokens(text: string): string {
  const shaped = shapes.reduce((left, shape) => left.replaceAll(shape, mark), text.replaceAll(userInfo, `$1${mark}@`));
  return shaped
    .replaceAll(announced, (whole: string, before: string, word: string) =>
      word === mark || !isValue(word, before) ? whole : `${before}${mark}`,
    )
    .replaceAll(longWord, (word: string) => (isRandom(word) ? mark : word));
}
