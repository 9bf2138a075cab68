import { processEnvironment } from './config';

const { REDIS_URL } = processEnvironment;
const why =
  REDIS_URL === undefined || REDIS_URL === ''
    ? 'REDIS_URL is not set, so web does everything and this worker idles.'
    : 'REDIS_URL is set, but this version has no shared mode yet; web does everything and this worker idles.';
process.stderr.write(`${why}\n`);

// Keeps the process alive, as whoever started it expects of a worker.
const alive = setInterval(() => undefined, 60_000);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => clearInterval(alive));
