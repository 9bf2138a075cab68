/** One server-sent event: `type` is "message" where the stream names none, `data` its data lines joined by '\n'. */
export type ServerSentEvent = { readonly type: string; readonly data: string };

/** Reads a stream of server-sent events; create one per connection. */
export type SseParser = {
  /** Takes the next piece, cut anywhere, and returns the events that it completes. */
  push(chunk: string): readonly ServerSentEvent[];
};

/** How much one event may hold, and who hears of one that holds more. */
export type SseParserOptions = {
  /** Characters of an event's data, or of one line. @default 8388608 */
  readonly maxFrameLength?: number;
  /** An event was too long: all of it is dropped, and the next one is read again. Called once for it, before it ends. */
  readonly onOversized?: () => void;
};

/** What is known of the event that has not ended; nothing is kept of one that is too long. */
type Frame = { type: string; data: string[]; length: number; isOversized: boolean };

const newFrame = (isOversized: boolean): Frame => ({ type: '', data: [], length: 0, isOversized });

function takeField(frame: Frame, line: string): void {
  const colon = line.indexOf(':');
  const name = colon === -1 ? line : line.slice(0, colon);
  const value = colon === -1 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
  if (name === 'event') frame.type = value;
  if (name !== 'data') return;
  frame.data.push(value);
  frame.length += value.length + 1;
}

function eventOf({ type, data }: Frame): readonly ServerSentEvent[] {
  return data.length === 0 ? [] : [{ type: type === '' ? 'message' : type, data: data.join('\n') }];
}

/**
 * An incremental parser of the `text/event-stream` format (HTML standard, section 9.2.6): lines end in LF, CR or CRLF, a
 * blank line ends an event, an event without data is dropped, so Marathon's keep-alive (a bare CRLF) yields nothing. Each
 * piece is looked through once, however long the line that it belongs to.
 */
export function createSseParser(options: SseParserOptions = {}): SseParser {
  const { maxFrameLength = 8 * 1024 * 1024, onOversized } = options;
  let frame = newFrame(false);
  let line: string[] = [];
  let lineLength = 0;
  let isAfterCr = false;

  const hold = (piece: string): void => {
    lineLength += piece.length;
    if (frame.isOversized) return;
    line.push(piece);
    if (frame.length + lineLength <= maxFrameLength) return;
    frame = newFrame(true);
    line = [];
    onOversized?.();
  };
  const endLine = (): readonly ServerSentEvent[] => {
    const [text, isBlank, ended] = [line.join(''), lineLength === 0, frame];
    line = [];
    lineLength = 0;
    if (!isBlank) {
      if (!ended.isOversized) takeField(ended, text);
      return [];
    }
    frame = newFrame(false);
    return eventOf(ended);
  };

  return {
    push: (chunk) => {
      if (chunk === '') return [];
      // The other half of a CRLF that was cut in two ends no line of its own.
      const text = isAfterCr && chunk.startsWith('\n') ? chunk.slice(1) : chunk;
      isAfterCr = chunk.endsWith('\r');
      const events: ServerSentEvent[] = [];
      let start = 0;
      for (const end of text.matchAll(/\r\n|\n|\r/g)) {
        hold(text.slice(start, end.index));
        events.push(...endLine());
        start = end.index + end[0].length;
      }
      hold(text.slice(start));
      return events;
    },
  };
}
