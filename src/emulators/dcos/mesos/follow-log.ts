import { Readable } from 'node:stream';
import type { EmulatorClock } from '../clock';
import { lineEvents, type LogLine } from './log-lines';

/** A log that may still grow. */
export type GrowingLog = {
  /** The lines that came since the last call. */
  readonly next: () => readonly LogLine[];
  /** Whether nothing can come any more. */
  readonly isOver: () => boolean;
};

/** How often a log is looked at. */
const pollMs = 500;

/** Opens a stream of a log's lines as they come, as server-sent events; it ends with the log or after `limit` lines. */
export function followLog(clock: EmulatorClock, log: GrowingLog, limit = Infinity): Readable {
  let left = limit;
  let cancel: () => void = () => undefined;
  const stream = new Readable({
    read: () => undefined,
    destroy(error, done) {
      cancel();
      done(error);
    },
  });
  const look = () => {
    const lines = log.next().slice(0, left);
    left -= lines.length;
    if (lines.length > 0) stream.push(lineEvents(lines));
    if (left <= 0 || log.isOver()) stream.push(null);
    else cancel = clock.setTimer(clock.now() + clock.scale(pollMs), look);
  };
  look();
  return stream;
}
