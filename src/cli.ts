#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import type { Clock } from './engine/clock';
import { systemClock } from './engine/clock';
import { stageRegistry } from './app';
import { createValidateFiles } from './cli/create-validate-files';
import { channels, newSecrets, slashCommands, userGroups, users } from './demo/demo-data';
import { parseAccounts } from './definitions/parse-accounts';
import { findCallMistakes } from './definitions/find-call-mistakes';
import { parseApplication } from './definitions/parse-application';
import { createAgents } from './emulators/dcos/agents';
import { startDcosEmulator } from './emulators/dcos/start-dcos-emulator';
import { startJenkinsEmulator } from './emulators/jenkins/start-jenkins-emulator';
import { startSlackEmulator } from './emulators/slack';
import { createFetchPublic } from './http-client/fetch-public';
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

// All that a terminal or a supervisor sends: by default each would end this process without a chance to tidy up.
const untilStopped = () =>
  new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const) process.once(signal, () => resolve());
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
  validateFiles: createValidateFiles({
    parseAccounts: (input) => parseAccounts({ ...input, environment: processEnvironment }),
    parseApplication: (input) => parseApplication({ ...input, stageTypes: stageRegistry }),
    findMistakes: findCallMistakes,
  }),
  fetchText: createFetchPublic({ clock }),
  emulators: {
    dcos: async ({ port, auth, tasks, agents, tlsKey, tlsCert }) => {
      const { url, marathonUrl, metronomeUrl, login, close } = await startDcosEmulator({
        port,
        ...(auth === undefined ? {} : { auth: { mode: auth } }),
        ...(tasks === undefined ? {} : { tasks }),
        ...(tlsKey === undefined || tlsCert === undefined
          ? {}
          : { tls: { key: readFileSync(tlsKey, 'utf8'), cert: readFileSync(tlsCert, 'utf8') } }),
        ...(agents === undefined ? {} : { agents: createAgents(agents, tasks) }),
        ...(processEnvironment.PATH === undefined ? {} : { taskPath: processEnvironment.PATH }),
      });
      return { url, marathonUrl, metronomeUrl, ...login, close };
    },
    slack: async ({ port }) => {
      const secrets = newSecrets();
      const workspace = { users: [...users], channels: [...channels], userGroups, commands: slashCommands };
      return { ...(await startSlackEmulator({ port, ...secrets, ...workspace })), ...secrets };
    },
    jenkins: ({ port }) => startJenkinsEmulator({ port }),
  },
}).then((exitCode) => {
  process.exitCode = exitCode;
});
