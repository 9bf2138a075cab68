import type { InstanceOutput } from '../../src/dcos/server-groups';
import type { CommandSource } from '../../src/model/command';
import { clipText } from '../../src/model/text';

/** How much of an output is shown, in characters: a message of a chat holds little, a terminal more. */
const budgets: Readonly<Record<CommandSource['surface'], { readonly all: number; readonly line: number }>> = {
  slack: { all: 2300, line: 400 },
  cli: { all: 24_000, line: 2000 },
};

/** The last whole lines within so many characters: the end says what went wrong. */
function lastWithin(lines: readonly string[], characters: number): readonly string[] {
  const kept = [...lines];
  while (kept.length > 1 && kept.join('\n').length > characters) kept.shift();
  return kept;
}

/** The lines of each file as they are, cut to what can be shown; two files under their names, as `tail` names them. */
export function outputText(output: InstanceOutput, surface: CommandSource['surface']): string | undefined {
  const { all, line: longest } = budgets[surface];
  const written = output.files.flatMap((each) =>
    'lines' in each && each.lines.length > 0
      ? [{ file: each.file, lines: each.lines.map((line) => clipText(line, longest)) }]
      : [],
  );
  if (written.length === 0) return undefined;
  const shares = written.map(({ lines }) => Math.min(lines.join('\n').length, Math.floor(all / written.length)));
  const spare = all - shares.reduce((sum, share) => sum + share, 0);
  const parts = written.map(({ file, lines }, index) => {
    const kept = lastWithin(lines, (shares[index] ?? 0) + spare).join('\n');
    return written.length === 1 ? kept : `==> ${file} <==\n${kept}`;
  });
  return parts.join('\n\n');
}
