import { z } from 'zod';
import { clipText } from '../model/text';
import type { Failure, StageContext } from '../model/execution';
import type { Problem } from './expressions';
import { withoutUrls } from './without-urls';

/** The same problem of the same expression, wherever it stands. */
type Group = { readonly first: Problem; readonly count: number };

const longestMessage = 500;
const mostTold = 2;
const mostListed = 20;

function groupProblems(problems: readonly Problem[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const problem of problems) {
    const key = JSON.stringify([problem.level, problem.expression, problem.message]);
    const group = groups.get(key);
    groups.set(key, group === undefined ? { first: problem, count: 1 } : { ...group, count: group.count + 1 });
  }
  return [...groups.values()];
}

const places = (count: number) => (count === 1 ? '' : ` (and ${count - 1} more ${count === 2 ? 'place' : 'places'})`);

const sentence = (text: string): string => (/[.?!…]$/.test(text) ? text : `${text}.`);

const describeGroup = ({ first: { path, column, message }, count }: Group): string =>
  `${path}, column ${column}${places(count)}: ${sentence(clipText(message, longestMessage))}`;

/** What to do about it, where that is plain. */
function adviceFor({ level, expression }: Problem): string {
  const text = expression.trim();
  if (/^[A-Z_][A-Z0-9_]*$/.test(text)) return ` Where the text itself is meant, write \${'\${${text}}'}.`;
  if (level === 'ERROR') return '';
  const subject = !text.includes('://') && text.length <= 60 && !/[?:]/.test(text) ? text : '…';
  return ` Where it may be absent, say what then: \${${subject} ?: 'none'}.`;
}

/** What kept a stage's expressions from being evaluated, as the failure of the stage. */
export function failureOfProblems(stageName: string, problems: readonly Problem[]): Failure {
  const groups = groupProblems(problems);
  const told = groups.slice(0, mostTold).map((group) => `${describeGroup(group)}${adviceFor(group.first)}`);
  const rest = groups.length - told.length;
  const more = rest === 0 ? [] : [`${rest} more ${rest === 1 ? 'expression' : 'expressions'} could not be evaluated.`];
  const failure = {
    code: 'EXPRESSION_FAILED',
    message: [`Stage '${clipText(stageName, 200)}':`, ...told, ...more].join(' '),
  };
  if (groups.length <= mostTold) return failure;
  return { ...failure, output: groups.slice(0, mostListed).map(describeGroup).join('\n') };
}

/** `expressionEvaluationSummary` of a stage's context: what happened to which expression (semantics §7.5). */
export function summarize(problems: readonly Problem[], timestamp: number): StageContext {
  const summary = new Map<string, readonly unknown[]>();
  for (const { level, path, column, expression, message } of problems.slice(0, mostListed)) {
    const key = clipText(withoutUrls(expression), longestMessage);
    const description = `${path}, column ${column}: ${clipText(message, longestMessage)}`;
    summary.set(key, [...(summary.get(key) ?? []), { level, description, timestamp }]);
  }
  return Object.fromEntries(summary);
}

const summarySchema = z.record(z.string(), z.array(z.looseObject({ description: z.string() })).min(1));

/** What a stage that ran all the same says of its expressions; undefined where all were evaluated. */
export function describeSummary(summary: unknown): string | undefined {
  const [first, ...others] = Object.entries(summarySchema.safeParse(summary).data ?? {});
  if (first === undefined) return undefined;
  const [expression, [problem]] = first;
  const more = others.length === 0 ? '' : `; ${others.length} more ${others.length === 1 ? 'was' : 'were'}, too`;
  return `left as written: \${${clipText(expression, 80)}} (${problem?.description ?? ''})${more}`;
}
