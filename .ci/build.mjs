// Compiles to dist/ what changed and copies the page assets beside it.
// With --prepare (run by `npm ci`) it does nothing where the compiler is absent and dist/ already exists.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const assets = ['src/emulators/slack/page'];

function findCompiler() {
  try {
    return createRequire(join(root, 'package.json')).resolve('typescript/bin/tsc');
  } catch {
    return undefined;
  }
}

const compiler = findCompiler();
if (compiler === undefined) {
  const built = existsSync(join(root, 'dist/src/main.js'));
  if (process.argv.includes('--prepare') && built) process.exit(0);
  console.error(
    'The TypeScript compiler is not installed and dist/ is missing or stale. Run `npm ci` without --omit=dev once.',
  );
  process.exit(1);
}
const compiled = spawnSync(process.execPath, [compiler, '-p', join(root, '.ci/tsconfig.build.json')], {
  stdio: 'inherit',
});
if (compiled.status !== 0) process.exit(compiled.status ?? 1);
for (const folder of assets) {
  const from = join(root, folder);
  if (existsSync(from)) cpSync(from, join(root, 'dist', folder), { recursive: true });
}
chmodSync(join(root, 'dist/src/cli.js'), 0o755);
