import { startBot } from './bot';
import { processEnvironment, readConfig } from './config';
import { createLogger } from './logger';

/** How long a stop may take before the process ends anyway; nothing is lost by that. */
const deadlineMs = 10_000;

async function main(): Promise<void> {
  const read = readConfig(processEnvironment);
  if ('problems' in read) {
    process.stderr.write(
      `Coxswain cannot start:\n${read.problems.map((problem) => `  - ${problem}`).join('\n')}\n` +
        'Put them into the environment (.env.example lists all). To try it without any account: npm run demo\n',
    );
    process.exitCode = 1;
    return;
  }
  const { config } = read;
  const logger = createLogger(config.logLevel, 'coxswain');
  if (config.redisUrl !== undefined) {
    logger.warn({}, 'REDIS_URL is set, but this version has no shared mode yet; everything runs in this process');
  }
  const bot = await startBot(config, logger);
  process.send?.({ ready: true, urls: bot.urls });
  let isStopping = false;
  const stop = () => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(0), deadlineMs).unref();
    void bot.stop().finally(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('disconnect', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`Coxswain stopped: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
