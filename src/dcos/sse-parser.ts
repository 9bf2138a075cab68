/** One server-sent event: `type` is "message" where the stream names none, `data` its data lines joined by '\n'. */
export type ServerSentEvent = { readonly type: string; readonly data: string };

/** Reads a stream of server-sent events; create one per connection. */
export type SseParser = {
  /** Takes the next piece, cut anywhere, and returns the events that it completes. */
  push(chunk: string): readonly ServerSentEvent[];
};

type Line = { readonly name: string; readonly value: string };

function readLine(line: string): Line {
  const colon = line.indexOf(':');
  if (colon === -1) return { name: line, value: '' };
  const value = line.slice(colon + 1);
  return { name: line.slice(0, colon), value: value.startsWith(' ') ? value.slice(1) : value };
}

/**
 * An incremental parser of the `text/event-stream` format (HTML standard, section 9.2.6): lines end in LF, CR or CRLF, a
 * blank line ends an event, an event without data is dropped, so Marathon's keep-alive (a bare CRLF) yields nothing.
 */
export function createSseParser(): SseParser {
  let unread = '';
  let type = '';
  let data: string[] = [];

  const takeLine = (line: string): ServerSentEvent | undefined => {
    if (line === '') {
      const event = data.length === 0 ? undefined : { type: type === '' ? 'message' : type, data: data.join('\n') };
      type = '';
      data = [];
      return event;
    }
    const { name, value } = readLine(line);
    if (name === 'event') type = value;
    if (name === 'data') data.push(value);
    return undefined;
  };

  return {
    push: (chunk) => {
      unread += chunk;
      // A CR at the very end may be half of a CRLF: it waits for the next piece.
      const lines = unread.split(/\r\n|\n|\r(?!$)/);
      unread = lines.pop() ?? '';
      return lines.map(takeLine).filter((event) => event !== undefined);
    },
  };
}
