// Writes docs/stages.md from the stages of the built code and the examples: npm run docs:stages
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const { makeStagesPage } = createRequire(import.meta.url)('../dist/src/stages-page/make-stages-page.js');

const page = makeStagesPage(fileURLToPath(new URL('../pipelines/examples', import.meta.url)));
writeFileSync(new URL('../docs/stages.md', import.meta.url), page);
