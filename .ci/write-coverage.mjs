// Writes docs/emulator-coverage.md from the routes of the built emulator: npm run build && node .ci/write-coverage.mjs
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);
const { createDcosEmulator } = load('../dist/src/emulators/dcos/create-dcos-emulator.js');
const { renderCoveragePage } = load('../dist/src/emulators/dcos/coverage-page.js');

const emulator = createDcosEmulator();
writeFileSync(new URL('../docs/emulator-coverage.md', import.meta.url), renderCoveragePage(emulator.services));
await emulator.stop();
