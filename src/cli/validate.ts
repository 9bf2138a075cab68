import type { CliSession } from './cli-session';
import { exitCodes, type ExitCode } from './exit-codes';

/** Checks files of definitions, and all those of folders; one line per problem, `file:line:column: message`. Needs no bot. */
export async function validate(session: CliSession, paths: readonly string[]): Promise<ExitCode> {
  const { files, problems } = await session.world.validateFiles(paths);
  for (const problem of problems) {
    session.printJson({ type: 'problem', ...problem });
    const { file, line, column, message } = problem;
    session.print([`${file}:${line}:${column}: ${message}`]);
  }
  session.printJson({ type: 'validated', files, problems: problems.length });
  if (problems.length > 0) return exitCodes.failed;
  session.print([files === 1 ? 'The file is fine.' : `All ${files} files are fine.`]);
  return exitCodes.done;
}
