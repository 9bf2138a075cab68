// Writes documents for ever and names on stdout each one that the store acknowledged; the test kills it in the middle.
const { openSqliteStore } = require('../../dist/src/store/sqlite-store.js');
const { systemClock } = require('../../dist/src/engine/clock.js');

const entries = { name: 'entry', indexes: ({ parity }) => ({ parity }) };
const store = openSqliteStore({ file: process.argv[2], clock: systemClock });

async function writeForEver(writer) {
  for (let number = 0; ; number += 1) {
    const id = `${writer}-${number}`;
    await store.create(entries, id, { parity: String(number % 2), text: 'x'.repeat(2_000) }, { due: number });
    await store.update(entries, id, (entry) => ({ ...entry, changed: number }));
    process.stdout.write(`${id}\n`);
  }
}

for (let writer = 0; writer < 8; writer += 1) void writeForEver(writer);
