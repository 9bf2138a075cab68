import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { createDefinitionsSource } from '../../src/definitions/definitions-source';
import { formatProblem } from '../../src/definitions/format-problem';

const types = ['deploy', 'manualJudgment', 'wait'];
const stageTypes = { types, find: () => ({ config: z.looseObject({}) }) };

describe('createDefinitionsSource', () => {
  it('follows its files, keeps the last good version and tells a problem once', () => {
    const folder = mkdtempSync(join(tmpdir(), 'definitions-'));
    cpSync(join(__dirname, '../../pipelines'), folder, { recursive: true });
    let now = 0;
    const told: string[] = [];
    const source = createDefinitionsSource({
      folder,
      stageTypes,
      environment: { DCOS_URL: 'http://127.0.0.1:9' },
      clock: { now: () => now, after: () => () => undefined },
      onProblems: (problems) => told.push(...problems.map(formatProblem)),
      onLoaded: () => undefined,
    });
    const instances = () => source.current().applications.get('foo')?.environments.get('dev')?.instances;
    try {
      expect(source.current().clusters.get('lab')?.url).toBe('http://127.0.0.1:9');
      const text = readFileSync(join(folder, 'foo.yaml'), 'utf8');
      writeFileSync(join(folder, 'foo.yaml'), text.replace('instances: 1', 'instances: 17'));
      expect(instances()).toBe(1);
      now += 1000;
      expect(instances()).toBe(17);
      writeFileSync(join(folder, 'foo.yaml'), text.replace('instances: 1', 'instances: none'));
      rmSync(join(folder, 'shop.yaml'));
      now += 1000;
      expect(instances()).toBe(17);
      source.reload();
      expect(told).toEqual([expect.stringMatching(/^foo\.yaml:\d+:16: .*must be a whole number/)]);
      expect(source.current().applications.has('shop')).toBe(false);
    } finally {
      source.stop();
      rmSync(folder, { recursive: true });
    }
  });
});
