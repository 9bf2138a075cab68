import { isScalar, LineCounter, parseDocument, visit, type Document, type Node, type YAMLError } from 'yaml';
import type { DefinitionProblem } from '../model/application';

/** Larger files are refused before they are parsed. */
const maxCharacters = 262_144;
const maxAliases = 100;

/** One YAML file being read: it turns offsets into lines and collects what is wrong. */
export type YamlSource = {
  readonly file: string;
  readonly text: string;
  readonly problems: readonly DefinitionProblem[];
  /** What is right as it is written, but hardly meant. */
  readonly warnings: readonly DefinitionProblem[];
  /** Undefined where the text is no YAML that can be read on. */
  readonly document: Document.Parsed | undefined;
  readonly report: (offset: number, message: string) => void;
  readonly warn: (offset: number, message: string) => void;
  /** Where an offset is; lines and columns count from 1. */
  readonly placeOf: (offset: number) => Pick<DefinitionProblem, 'line' | 'column'>;
};

const hints: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'YAML does not allow tabs for indentation. Replace the tab with spaces.',
  DUPLICATE_KEY: 'This key stands here twice, and only one of them would count. Remove one.',
  MULTIPLE_DOCS: 'The file holds several YAML documents. Remove the line `---`, or write one file for each.',
  BAD_ALIAS: 'This alias is not valid. Write the value out, or in quotes if it is to be text beginning with *.',
};

function explain(error: YAMLError, text: string): string {
  const character = text[error.pos[0]] ?? '';
  if (error.code === 'BAD_SCALAR_START') {
    const advice = character === '@' ? "Write a group's handle without '@'" : 'Put the value in quotes';
    return `A value cannot begin with ${character} in YAML unless it is in quotes. ${advice}.`;
  }
  const lineStart = text.lastIndexOf('\n', error.pos[0] - 1) + 1;
  if (/^[ ]*\t/.test(text.slice(lineStart, error.pos[0] + 1))) return hints.TAB_AS_INDENT ?? error.message;
  return hints[error.code] ?? `This is not valid YAML: ${error.message.split('\n')[0] ?? ''}`;
}

function checkAliases(document: Document.Parsed, report: (offset: number, message: string) => void): boolean {
  let count = 0;
  let isSafe = true;
  const refuse = (node: Node, message: string) => {
    isSafe = false;
    report(node.range?.[0] ?? 0, message);
    return visit.BREAK;
  };
  visit(document, {
    Alias(_, alias, path) {
      count += 1;
      if (count > maxAliases) return refuse(alias, `More than ${maxAliases} aliases (*). Write the values out.`);
      const isNested = path.some((parent) => 'anchor' in parent && typeof parent.anchor === 'string');
      // A bomb needs aliases inside anchors; without them a file grows only with the number of its aliases.
      if (isNested) return refuse(alias, 'An alias (*) inside an anchored value (&) is refused. Write the value out.');
      if (alias.resolve(document) === undefined) {
        return refuse(alias, `Nothing is anchored as &${alias.source}. Write text that begins with * in quotes.`);
      }
      return undefined;
    },
  });
  return isSafe;
}

/** Parses a YAML file and collects what is not YAML, each with what to do. Never throws. */
export function readYamlSource(file: string, text: string): YamlSource {
  const problems: DefinitionProblem[] = [];
  const warnings: DefinitionProblem[] = [];
  const lineCounter = new LineCounter();
  lineCounter.addNewLine(0);
  const placeOf = (offset: number) => {
    const { line, col } = lineCounter.linePos(Math.min(offset, text.length));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const report = (offset: number, message: string) => void problems.push({ file, ...placeOf(offset), message });
  const warn = (offset: number, message: string) => void warnings.push({ file, ...placeOf(offset), message });
  const read = (): Document.Parsed | undefined => {
    if (text.length > maxCharacters) {
      report(0, `The file is larger than ${maxCharacters} characters. Split it: one application, one file.`);
      return undefined;
    }
    const counted = new LineCounter();
    const document = parseDocument(text, { lineCounter: counted, prettyErrors: false, logLevel: 'silent' });
    lineCounter.lineStarts = counted.lineStarts;
    for (const error of document.errors) report(error.pos[0], explain(error, text));
    if (problems.length > 0 || !checkAliases(document, report)) return undefined;
    const { contents } = document as { contents: Node | null };
    if (contents === null || (isScalar(contents) && contents.value === null)) {
      report(0, 'The file is empty. Write the definition, or remove the file.');
      return undefined;
    }
    return document;
  };
  let document: Document.Parsed | undefined;
  try {
    document = read();
  } catch {
    // The parser recurses: nesting deeper than the call stack is the one thing it throws on.
    report(0, 'The file cannot be read as YAML: it nests too deeply. Write it flatter.');
  }
  return { file, text, problems, warnings, document, report, warn, placeOf };
}
