// Preloaded into the demo and its bot by a test: SIGUSR2 ends the thread of the executor as a crash would. The bot
// itself knows nothing of this.
const threads = require('node:worker_threads');

if (threads.isMainThread) {
  const running = [];
  threads.Worker = class extends threads.Worker {
    constructor(file, options) {
      super(file, options);
      running.push({ file: String(file), worker: this });
      this.once('exit', () =>
        running.splice(
          running.findIndex((each) => each.worker === this),
          1,
        ),
      );
    }
  };
  process.on('SIGUSR2', () => {
    const found = running.find(({ file }) => file.endsWith('executor.js'));
    process.stderr.write(`executor thread ${found === undefined ? 'not there' : 'ended by the test'}\n`);
    if (found !== undefined) void found.worker.terminate();
  });
}
