import type { AuditEntry, AuditOrigin } from '../model/audit';

const columns = [
  'chain',
  'day',
  'seq',
  'time',
  'kind',
  'action',
  'who',
  'what',
  'why',
  'outcome',
  'from',
  'application',
  'environment',
  'executionId',
  'id',
  'hash',
] as const;

/**
 * One cell as RFC 4180 has it. What a spreadsheet would take for a formula gets an apostrophe in front, as whoever types a
 * command chooses what stands in it.
 */
export function csvCell(text: string): string {
  const safe = /^\s*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function originText(from: AuditOrigin): string {
  if (from.surface === 'slack')
    return ['slack', from.channel, from.message].filter((part) => part !== undefined).join(' ');
  if (from.surface === 'execution') return `execution ${from.executionId}`;
  return from.surface === 'webhook' ? `webhook ${from.source}` : from.surface;
}

/** The first line, with the names of the columns. */
export const csvHead = `${columns.join(',')}\r\n`;

/** An entry as a line; `time` is ISO, what is absent is empty. */
export function csvLine(entry: AuditEntry): string {
  const cells: Readonly<Partial<Record<(typeof columns)[number], string | number>>> = {
    ...entry,
    time: new Date(entry.at).toISOString(),
    from: originText(entry.from),
  };
  return `${columns.map((name) => csvCell(String(cells[name] ?? ''))).join(',')}\r\n`;
}
