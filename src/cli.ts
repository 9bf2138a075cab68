#!/usr/bin/env node
import type { Clock } from './engine/clock';
import { systemClock } from './engine/clock';
import { missingEmulators, missingValidateFiles } from './cli/missing-parts';
import { runCli } from './cli/run-cli';
import { processEnvironment } from './config';

// Unlike the bot's clock, waiting keeps this process alive: often nothing else does.
const clock: Clock = {
  now: () => systemClock.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

const untilStopped = () =>
  new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });

// Whoever reads may stop reading, as `head` does.
process.stdout.on('error', () => process.exit(0));

void runCli(process.argv.slice(2), {
  env: processEnvironment,
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  clock,
  untilStopped,
  validateFiles: missingValidateFiles,
  emulators: missingEmulators,
}).then((exitCode) => {
  process.exitCode = exitCode;
});
