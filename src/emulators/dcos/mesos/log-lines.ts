/** A line of a log; `end` is the offset in bytes behind it and its newline. */
export type LogLine = { readonly text: string; readonly end: number };

/** The lines of bytes that stand at `offset` in their file. What follows the last newline is a line only where `isWhole`. */
export function linesOf(bytes: Buffer, offset = 0, isWhole = true): readonly LogLine[] {
  const lines: LogLine[] = [];
  for (let start = 0; start < bytes.length; start = (lines.at(-1)?.end ?? 0) - offset) {
    const newline = bytes.indexOf('\n', start);
    if (newline === -1 && !isWhole) break;
    const stop = newline === -1 ? bytes.length : newline;
    const end = offset + Math.min(stop + 1, bytes.length);
    lines.push({ text: bytes.toString('utf8', start, stop), end });
  }
  return lines;
}

/** `cursor` is BEG, END or an offset in bytes; `skip` moves it by lines, back where negative; `limit` counts lines. */
export function selectLines(query: URLSearchParams, all: readonly LogLine[]): readonly LogLine[] {
  const cursor = query.get('cursor') ?? 'BEG';
  const at = cursor === 'END' ? all.length : all.filter(({ end }) => end <= Number(cursor)).length;
  const from = Math.max(0, at + Number(query.get('skip') ?? 0));
  const limit = limitOf(query);
  return all.slice(from, limit === undefined ? undefined : from + limit);
}

/** How many lines are wanted at most; undefined for all. */
export function limitOf(query: URLSearchParams): number | undefined {
  const limit = query.get('limit');
  return limit === null ? undefined : Number(limit);
}

/** A line as JSON. */
export function lineJson({ text, end }: LogLine): string {
  return JSON.stringify({ fields: { MESSAGE: text }, cursor: `${end}` });
}

/** Lines as server-sent events. */
export function lineEvents(lines: readonly LogLine[]): string {
  return lines.map((line) => `id: ${line.end}\ndata: ${lineJson(line)}\n\n`).join('');
}
