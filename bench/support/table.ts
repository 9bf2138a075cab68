/** One measured line; `isMet` is absent where nothing is demanded. */
export type Line = {
  readonly what: string;
  readonly measured: string;
  readonly target?: string;
  readonly isMet?: boolean;
};

const verdict = ({ isMet }: Line): string => {
  if (isMet === undefined) return '';
  return isMet ? 'met' : 'MISSED';
};

/** The lines as a table of text, each column as wide as its widest cell. */
export function formatTable(lines: readonly Line[]): string {
  const rows = [
    ['what', 'measured', 'target', ''],
    ...lines.map((line) => [line.what, line.measured, line.target ?? '', verdict(line)]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
