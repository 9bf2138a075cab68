import type { DefinitionProblem } from '../model/application';
import type { CliSession } from './cli-session';
import { exitCodes, type ExitCode } from './exit-codes';

const placeOf = ({ file, line, column }: DefinitionProblem): string => `${file}:${line}:${column}`;

/** Checks files of definitions, and all those of folders; one line per problem, `file:line:column: message`, and per warning, which fails nothing. Needs no bot. */
export async function validate(session: CliSession, paths: readonly string[]): Promise<ExitCode> {
  const { files, problems, warnings = [] } = await session.world.validateFiles(paths);
  for (const problem of problems) {
    session.printJson({ type: 'problem', ...problem });
    session.print([`${placeOf(problem)}: ${problem.message}`]);
  }
  for (const warning of warnings) {
    session.printJson({ type: 'warning', ...warning });
    session.print([`${placeOf(warning)}: warning: ${warning.message}`]);
  }
  session.printJson({ type: 'validated', files, problems: problems.length });
  if (problems.length > 0) return exitCodes.failed;
  session.print([files === 1 ? 'The file is fine.' : `All ${files} files are fine.`]);
  return exitCodes.done;
}
