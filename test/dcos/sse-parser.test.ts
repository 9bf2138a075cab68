import fc from 'fast-check';
import { createSseParser } from '../../src/dcos/sse-parser';

const parse = (...chunks: string[]) => {
  const parser = createSseParser();
  return chunks.flatMap((chunk) => parser.push(chunk));
};

describe('SSE parser', () => {
  it.each([
    ['an event with CRLF', 'event: a\r\ndata: {}\r\n\r\n', [{ type: 'a', data: '{}' }]],
    ['an event with LF', 'event: a\ndata: {}\n\n', [{ type: 'a', data: '{}' }]],
    ['several data lines', 'data: 1\ndata:2\ndata\n\n', [{ type: 'message', data: '1\n2\n' }]],
    ['a keep-alive', '\r\n\r\n', []],
    ['a comment', ': hello\n\n', []],
    ['an event without data', 'event: a\n\n', []],
    ['an unfinished event', 'data: 1\n', []],
    ['only one leading space to drop', 'data:  x\n\n', [{ type: 'message', data: ' x' }]],
    [
      'a name that does not leak into the next event',
      'event: a\ndata: 1\n\ndata: 2\n\n',
      [
        { type: 'a', data: '1' },
        { type: 'message', data: '2' },
      ],
    ],
  ])('reads %s', (_title, text, expected) => expect(parse(text)).toEqual(expected));

  it('reads a CRLF that is cut in two as one line end', () =>
    expect(parse('data: 1\r', '\ndata: 2\r', '\n\r', '\n')).toEqual([{ type: 'message', data: '1\n2' }]));

  it('reads the same events however the text is cut', () => {
    const line = fc.string({ maxLength: 8 }).map((text) => text.replace(/[\r\n]/g, ''));
    const event = fc.record({
      type: fc.constantFrom('a', 'status_update_event'),
      lines: fc.array(line, { minLength: 1, maxLength: 3 }),
    });
    const cuts = fc.array(fc.nat(200), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 5 }), fc.constantFrom('\n', '\r\n'), cuts, (events, end, places) => {
        const text = events
          .map(({ type, lines }) => [`event: ${type}`, ...lines.map((data) => `data: ${data}`), '', ''].join(end))
          .join('');
        const sorted = [0, ...places.map((place) => Math.min(place, text.length)).sort((a, b) => a - b), text.length];
        const chunks = sorted.slice(1).map((to, index) => text.slice(sorted[index], to));
        expect(chunks.join('')).toBe(text);
        expect(parse(...chunks)).toEqual(events.map(({ type, lines }) => ({ type, data: lines.join('\n') })));
      }),
    );
  });
});
