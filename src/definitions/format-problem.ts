import type { DefinitionProblem } from '../model/application';

/** A problem on one line, as editors and terminals link it: `file:line:column: message`. */
export const formatProblem = (problem: DefinitionProblem): string =>
  `${problem.file}:${problem.line}:${problem.column}: ${problem.message}`;
