// A small background job for tests. `workerData.behaviour` says how it takes a request to stop.
const { runJob } = require('../../dist/src/background/job.js');

runJob({
  async start({ behaviour }, post) {
    post({ ready: behaviour });
    const staysAlive = setInterval(() => undefined, 60_000);
    return {
      async stop() {
        if (behaviour === 'ignores cancel') await new Promise(() => undefined);
        post('last words');
        clearInterval(staysAlive);
      },
      onMessage(message) {
        if (message === 'throw') throw new Error('crashed as asked');
        if (message === 'reject') void Promise.reject(new Error('rejected as asked'));
        if (message === 'exit') process.exit(0);
        if (message === 'spin') for (;;);
        post({ echo: message });
      },
    };
  },
});
