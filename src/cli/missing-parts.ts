import { CliError } from './cli-error';
import type { EmulatorStarters, ValidateFiles } from './cli-world';
import { exitCodes } from './exit-codes';

const missing = (what: string) => () => {
  const details = { message: `This build has no ${what}.`, advice: 'Use a complete build: `npm ci && npm run build`.' };
  return Promise.reject(new CliError(exitCodes.failed, 'NOT_FOUND', details));
};

/** Stands in where a build comes without the loader of definitions. */
export const missingValidateFiles: ValidateFiles = missing('loader of definitions');

/** Stands in where a build comes without the emulators. */
export const missingEmulators: EmulatorStarters = {
  dcos: missing('DC/OS emulator'),
  slack: missing('Slack emulator'),
};
