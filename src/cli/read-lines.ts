import { StringDecoder } from 'node:string_decoder';

/**
 * The lines of a stream of UTF-8, as they come in. Only a line feed ends one: Node's readline would also cut at U+2028, which
 * may stand inside a JSON text.
 */
export async function* readLines(input: AsyncIterable<string | Buffer>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  // Kept in pieces, so that a long line is not put together anew with each of them.
  let pieces: string[] = [];
  for await (const chunk of input) {
    const [rest = '', ...ends] = (typeof chunk === 'string' ? chunk : decoder.write(chunk)).split('\n');
    pieces.push(rest);
    for (const next of ends) {
      yield pieces.join('');
      pieces = [next];
    }
  }
  const last = pieces.join('') + decoder.end();
  if (last !== '') yield last;
}
