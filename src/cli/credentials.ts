import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { CliError } from './cli-error';
import { exitCodes } from './exit-codes';
import { systemCodeOf } from './system-error';

const credentialsSchema = z.record(z.string(), z.object({ token: z.string().regex(/^[\x21-\x7e]{1,512}$/) }));
type Credentials = z.infer<typeof credentialsSchema>;

async function readCredentials(file: string): Promise<Credentials> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (systemCodeOf(cause) === 'ENOENT') return {};
    const message = `The credentials in ${file} cannot be read.`;
    throw new CliError(exitCodes.notLoggedIn, 'UNAUTHORIZED', { message, advice: 'Check its permissions.', cause });
  }
  try {
    return credentialsSchema.parse(JSON.parse(text));
  } catch {
    // The cause is left out: it would quote the file.
    throw new CliError(exitCodes.notLoggedIn, 'UNAUTHORIZED', {
      message: `The credentials in ${file} are not as \`coxswain login\` writes them.`,
      advice: 'Delete the file and run `coxswain login`.',
    });
  }
}

/** The token kept for a bot, undefined when there is none. */
export async function loadToken(file: string, botUrl: string): Promise<string | undefined> {
  return (await readCredentials(file))[botUrl]?.token;
}

/** Keeps a token for a bot, for this account's eyes only; other bots' tokens stay. */
export async function saveToken(file: string, botUrl: string, token: string): Promise<void> {
  const credentials = { ...(await readCredentials(file)), [botUrl]: { token } };
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  // A new file gets the mode from the start; an old one with a wider mode is replaced.
  const fresh = `${file}.new`;
  await writeFile(fresh, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 });
  await rename(fresh, file);
}
