/** What one line of a shell step does; time is in milliseconds. */
export type ScriptStep =
  | {
      readonly kind: 'echo';
      readonly line: string;
      readonly text: string;
      readonly file?: string;
      readonly append?: boolean;
    }
  | { readonly kind: 'sleep'; readonly line: string; readonly ms: number }
  | { readonly kind: 'exit'; readonly line: string; readonly code: number; readonly says?: string };

type Variables = Readonly<Record<string, string>>;
type Word = { readonly text: string; readonly isOperator: boolean };

const expand = (text: string, variables: Variables): string =>
  text.replace(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (_whole, braced?: string, bare?: string) => variables[braced ?? bare ?? ''] ?? '',
  );

/** Splits a line into words: quotes, expansion outside single ones, and `>` and `>>` as words of their own. */
function splitWords(line: string, variables: Variables): readonly Word[] {
  const words: Word[] = [];
  let current: string | undefined;
  const end = () => {
    if (current !== undefined) words.push({ text: current, isOperator: false });
    current = undefined;
  };
  for (const [token] of line.matchAll(/'[^']*'|"(?:\\.|[^"\\])*"|>>|>|\s+|\\.|[^\s'"\\>]+|./g)) {
    if (/^\s+$/.test(token)) end();
    else if (token === '>' || token === '>>') {
      end();
      words.push({ text: token, isOperator: true });
    } else if (token.startsWith("'")) current = (current ?? '') + token.replace(/^'|'$/g, '');
    else if (token.startsWith('"')) {
      current = (current ?? '') + expand(token.slice(1, -1), variables).replace(/\\(["\\$`])/g, '$1');
    } else if (token.startsWith('\\')) current = (current ?? '') + token.slice(1);
    else current = (current ?? '') + expand(token, variables);
  }
  end();
  return words;
}

function readEcho(line: string, words: readonly Word[]): ScriptStep {
  const at = words.findIndex(({ isOperator }) => isOperator);
  const text = words
    .slice(1, at === -1 ? undefined : at)
    .map((word) => word.text)
    .join(' ');
  const file = at === -1 ? undefined : words[at + 1]?.text;
  return file === undefined
    ? { kind: 'echo', line, text }
    : { kind: 'echo', line, text, file, append: words[at]?.text === '>>' };
}

function readLine(line: string, variables: Variables): ScriptStep {
  const words = splitWords(line, variables);
  const [command = '', argument = ''] = words.map(({ text }) => text);
  if (command === 'echo') return readEcho(line, words);
  if (command === 'sleep') return { kind: 'sleep', line, ms: Number(argument) * 1000 || 0 };
  if (command === 'exit') return { kind: 'exit', line, code: Number(argument) || 0 };
  if (command === 'true') return { kind: 'sleep', line, ms: 0 };
  if (command === 'false') return { kind: 'exit', line, code: 1 };
  return { kind: 'exit', line, code: 127, says: `${command}: command not found` };
}

/**
 * Reads the text of a shell step as far as it is understood: `echo` with `>` and `>>`, `sleep`, `exit`, `true`, `false`. Any
 * other command is not found, and ends the script with 127 as it does in a shell run by Jenkins (`sh -xe`).
 */
export const readScript = (text: string, variables: Variables): readonly ScriptStep[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => readLine(line, variables));
