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

  it('tells of an event as soon as its blank line is there, though that may be half of a CRLF', () => {
    const parser = createSseParser();
    expect(parser.push('data: 1\r\n\r')).toEqual([{ type: 'message', data: '1' }]);
    expect(parser.push('\ndata: 2\n\n')).toEqual([{ type: 'message', data: '2' }]);
  });

  it('looks at each character of a long line once, however many pieces it comes in', () => {
    const [pieces, piece] = [64, 'x'.repeat(512)];
    const exec: (this: RegExp, text: string) => RegExpExecArray | null = Reflect.get(RegExp.prototype, 'exec');
    let scanned = 0;
    const spy = jest.spyOn(RegExp.prototype, 'exec').mockImplementation(function (this: RegExp, text: string) {
      const from = this.lastIndex;
      const found = exec.call(this, text);
      scanned += (found === null ? text.length : this.lastIndex) - from;
      return found;
    });
    try {
      const parser = createSseParser();
      parser.push('data: ');
      for (let count = 0; count < pieces; count += 1) parser.push(piece);
      expect(parser.push('\n\n')[0]?.data).toHaveLength(pieces * piece.length);
    } finally {
      spy.mockRestore();
    }
    expect(scanned).toBeGreaterThanOrEqual(pieces * piece.length);
    expect(scanned).toBeLessThan(pieces * piece.length + 100);
  });

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

describe('SSE parser with an event that is too long', () => {
  const parseBounded = (...chunks: string[]) => {
    let oversized = 0;
    const parser = createSseParser({ maxFrameLength: 20, onOversized: () => (oversized += 1) });
    return { events: chunks.flatMap((chunk) => parser.push(chunk)), oversized };
  };
  const next = [{ type: 'b', data: '2' }];

  it.each([
    ['in one line', [`event: a\r\ndata: ${'x'.repeat(40)}\r\n\r\n`]],
    ['in many pieces', ['event: a\r\ndata: ', ...Array.from({ length: 40 }, () => 'x'), '\r\n\r\n']],
    ['in many lines', ['event: a\n', ...Array.from({ length: 8 }, () => 'data: xxxx\n'), '\n']],
    ['in lines without a word', [...Array.from({ length: 40 }, () => 'data\n'), '\n']],
    ['in a line that means nothing', [`id: ${'x'.repeat(40)}\ndata: x\n\n`]],
  ])('drops it whole, tells once, and reads on: %s', (_title, chunks) =>
    expect(parseBounded(...chunks, 'event: b\ndata: 2\n\n')).toEqual({ events: next, oversized: 1 }),
  );

  it('tells before it ends', () => expect(parseBounded(`data: ${'x'.repeat(40)}`).oversized).toBe(1));

  it('does not add up comments and events that fit', () => {
    const chunks = Array.from({ length: 20 }, () => ': still here\n');
    expect(parseBounded(...chunks, 'event: b\ndata: 2\n\n')).toEqual({ events: next, oversized: 0 });
    expect(parseBounded(...Array.from({ length: 20 }, () => 'data: 12345678\n\n')).oversized).toBe(0);
  });
});
