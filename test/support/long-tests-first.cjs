const Sequencer = require('@jest/test-sequencer').default;

/** Those that wait much and long; begun last, one of them alone would hold the whole run up. */
const long = [
  /end-to-end[/\\]crash/,
  /engine[/\\](pipeline-queue|random-pipelines|find-circle)/,
  /stages[/\\]matrix/,
  /slack[/\\]page\.test/,
  /end-to-end[/\\]/,
  /third-party[/\\]/,
  /tasks[/\\]/,
];
const rankOf = ({ path }) => {
  const rank = long.findIndex((pattern) => pattern.test(path));
  return rank === -1 ? long.length : rank;
};

// Without a cache of durations, as on a fresh clone, Jest would go by the size of files.
module.exports = class LongTestsFirst extends Sequencer {
  sort(tests) {
    return [...super.sort(tests)].sort((one, other) => rankOf(one) - rankOf(other));
  }
};
