import { createHash, randomBytes } from 'node:crypto';
import { createBotClient, type BotClient } from './bot-client';
import { loginReply, whoamiReply } from './bot-replies';
import { CliError } from './cli-error';
import { pause, timeoutOf, type CliSession } from './cli-session';
import { saveToken } from './credentials';
import { exitCodes, type ExitCode } from './exit-codes';

const lookEveryMs = 2000;
const codeLifetimeMs = 10 * 60_000;

async function whoami(client: BotClient) {
  try {
    return await client.get('/api/whoami', whoamiReply);
  } catch (error) {
    if (error instanceof CliError && error.exitCode === exitCodes.notLoggedIn) return undefined;
    throw error;
  }
}

/**
 * Makes a token, lets its owner claim it in Slack, and keeps it. Only its hash is sent before it is active, and it is
 * kept only then, so that a login given up leaves an earlier one as it was.
 */
export async function login(session: CliSession): Promise<ExitCode> {
  const { url, credentialsFile, token: fromEnvironment } = session.settings();
  const { clock } = session.world;
  const token = randomBytes(32).toString('base64url');
  const client = createBotClient({ url, token, ...timeoutOf(session) });
  const tokenHash = createHash('sha256').update(token).digest('hex');
  const { code } = await client.post('/api/logins', { tokenHash }, loginReply);
  session.printJson({ type: 'login', code });
  session.print([`In Slack, type: /cox login ${code}`, 'Waiting for it, up to 10 minutes …']);
  const deadline = clock.now() + codeLifetimeMs;
  let person = await whoami(client);
  while (person === undefined && clock.now() < deadline) {
    await pause(session, lookEveryMs);
    person = await whoami(client);
  }
  if (person === undefined) {
    const message = `Nobody typed /cox login ${code} within 10 minutes.`;
    throw new CliError(exitCodes.notLoggedIn, 'UNAUTHORIZED', { message, advice: 'Run `coxswain login` again.' });
  }
  await saveToken(credentialsFile, url, token);
  session.printJson({ type: 'loggedIn', ...person });
  session.print([`Logged in as ${person.user}. The token is in ${credentialsFile}.`]);
  if (fromEnvironment !== undefined)
    session.note('COXSWAIN_TOKEN is set and still goes first; unset it to use this login.');
  return exitCodes.done;
}
