/** A piece of a file: whole characters, and how many bytes of the file they stand for. */
export type Piece = { readonly text: string; readonly bytes: number };

const replacement = '\u{fffd}';
const longestCharacter = 4;

/**
 * The whole characters of a piece that was asked for by bytes, and so may cut the last one. `data` is the piece as the server
 * decoded it, `length` its true number of bytes. Bytes of a character that is cut stand as U+FFFD at the end: they are left
 * for the next piece, which has to begin `bytes` further on. At the beginning each stands for one byte of a character that
 * began earlier; those are dropped. Text in other encodings is taken as it is; of text that holds real U+FFFD, one that a cut
 * meets may be lost.
 */
export function readPiece(data: string, length: number): Piece {
  if (length < longestCharacter && /^\u{fffd}+$/u.test(data)) return { text: '', bytes: 0 };
  const leading = /^\u{fffd}{1,3}(?!\u{fffd})/u.exec(data)?.[0].length ?? 0;
  const rest = data.slice(leading);
  if (!rest.endsWith(replacement)) return { text: rest, bytes: length };
  const whole = rest.replace(/\u{fffd}+$/u, '');
  const bytes = leading + Buffer.byteLength(whole);
  const cut = length - bytes;
  if (cut < 1 || cut >= longestCharacter) return { text: data, bytes: length };
  return { text: whole, bytes };
}
