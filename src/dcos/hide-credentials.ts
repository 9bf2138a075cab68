const mark = '[secret]';

const bearer = /\b(bearer|basic)(\s+)[\w.~+/=-]{8,}/gi;
const ofUrl = /(:\/\/[^\s/:@]*:)[^\s/@]+(?=@)/g;
const webToken = /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g;
const secretName = '[\\w.-]*(?:passw(?:or)?d|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)';
const assigned = new RegExp(`\\b(${secretName}=)("[^"]*"|'[^']*'|[^\\s&;,]+)`, 'gi');
const quoted = new RegExp(`(["']${secretName}["']\\s*:\\s*)("[^"]*"|'[^']*')`, 'gi');

const hideInLine = (line: string): string =>
  line
    .replace(bearer, `$1$2${mark}`)
    .replace(ofUrl, `$1${mark}`)
    .replace(webToken, mark)
    .replace(assigned, `$1${mark}`)
    .replace(quoted, `$1${mark}`);

/**
 * Lines that a program wrote without what is a credential by its looks: tokens of a header, passwords in addresses, values
 * of names such as `DB_PASSWORD=`, private keys. What it does not know it leaves: words for people are shown as they are.
 */
export function hideCredentials(lines: readonly string[]): readonly string[] {
  let isInKey = false;
  return lines.map((line) => {
    const begins = /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(line);
    const ends = /-----END [A-Z ]*PRIVATE KEY-----/.test(line);
    const isKey = isInKey || begins;
    isInKey = isKey && !ends;
    return isKey ? mark : hideInLine(line);
  });
}
