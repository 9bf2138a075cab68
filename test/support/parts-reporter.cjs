// Names, at the end of a run, each real part (Chromium, the contract folder, …) whose tests had to be skipped.
class PartsReporter {
  onRunComplete(_contexts, results) {
    const skipped = new Map();
    for (const file of results.testResults) {
      for (const test of file.testResults) {
        const part = /\[needs ([^\]]+)\]/.exec(test.fullName)?.[1];
        if (part === undefined || test.status !== 'pending') continue;
        skipped.set(part, (skipped.get(part) ?? 0) + 1);
      }
    }
    for (const [part, count] of skipped) console.log(`Skipped ${count} tests: this machine has no ${part}.`);
    console.log(`${results.numPassedTests} passed, ${results.numFailedTests} failed`);
  }
}
module.exports = PartsReporter;
