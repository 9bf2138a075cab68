import type { CliSession } from './cli-session';
import { exitCodes, type ExitCode } from './exit-codes';

/** Checks files of definitions; one line per problem, `file:line:column: message`. Needs no bot. */
export async function validate(session: CliSession, files: readonly string[]): Promise<ExitCode> {
  const { problems } = await session.world.validateFiles(files);
  for (const problem of problems) {
    session.printJson({ type: 'problem', ...problem });
    const { file, line, column, message } = problem;
    session.print([`${file}:${line}:${column}: ${message}`]);
  }
  session.printJson({ type: 'validated', files: files.length, problems: problems.length });
  if (problems.length > 0) return exitCodes.failed;
  session.print([files.length === 1 ? 'The file is fine.' : `All ${files.length} files are fine.`]);
  return exitCodes.done;
}
