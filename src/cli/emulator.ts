import { CliError } from './cli-error';
import type { CliSession } from './cli-session';
import { dcosOnly, type DcosEmulatorChoices, type EmulatorKind } from './emulator-options';
import { exitCodes, type ExitCode } from './exit-codes';

/** Runs an emulator until it is asked to stop; one line of JSON with its addresses says that it is ready. */
export async function emulator(
  session: CliSession,
  kind: EmulatorKind,
  choices: DcosEmulatorChoices,
): Promise<ExitCode> {
  const { port } = choices;
  const misplaced = kind === 'dcos' ? [] : dcosOnly(choices);
  if (misplaced.length > 0) {
    throw new CliError(exitCodes.usage, 'INVALID_INPUT', {
      message: `The ${kind} emulator has no ${misplaced.join(' and no ')}.`,
      advice: 'Leave it out, or run `coxswain emulator dcos`.',
    });
  }
  if ((choices.tlsKey === undefined) !== (choices.tlsCert === undefined)) {
    throw new CliError(exitCodes.usage, 'INVALID_INPUT', {
      message: 'HTTPS takes a key and a certificate.',
      advice: 'Give both --tls-key and --tls-cert, or neither.',
    });
  }
  const { world } = session;
  const stopped = world.untilStopped();
  const started = await world.emulators[kind](choices).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CliError(exitCodes.failed, 'INVALID_INPUT', {
      message: `The ${kind} emulator could not start on port ${port}: ${why}`,
      advice: 'Choose another port (--port 0 takes a free one), and look at the files that were named.',
      cause,
    });
  });
  const { url, marathonUrl, metronomeUrl, token, uid, password } = started;
  const { user, slackApiUrl, botToken, appToken, signingSecret } = started;
  const ofDcos = { marathonUrl, metronomeUrl, token, uid, password };
  // JSON with or without --json: whoever starts it is a script that waits for this line.
  const ofSlack = { slackApiUrl, botToken, appToken, signingSecret };
  const ready = { type: 'emulator', kind, url, ...ofDcos, user, ...ofSlack };
  world.stdout.write(`${JSON.stringify(ready)}\n`);
  await stopped;
  await started.close();
  return exitCodes.done;
}
