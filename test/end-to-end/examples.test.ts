import { readdirSync } from 'node:fs';
import { stageRegistry } from '../../src/app';
import { loadDefinitions } from '../../src/definitions/load-definitions';
import type { StageContext } from '../../src/model/execution';
import { strategies } from '../../src/strategies';
import { createExampleBench, examplesFolder, parseExample, readExample } from '../support/example-bench';
import { readPromise } from '../support/example-promise';
import { says, startWebhookServer, type Answering, type WebhookServer } from '../support/webhook-server';

const files = readdirSync(examplesFolder).filter((file) => file.endsWith('.yaml') && file !== 'accounts.yaml');

/** Starts load tests, which have passed whenever it is asked, and takes notes. */
const hooks: Answering = (request, reply, count) => {
  const bodies: Readonly<Record<string, unknown>> = {
    'POST /load-tests': { links: { status: '/load-tests/1' } },
    'GET /load-tests/1': { state: 'passed', message: '12 of 12 requests were answered' },
    'PUT /notes': {},
  };
  const body = bodies[`${request.method} ${request.url}`];
  says(body === undefined ? 404 : 200, body ?? {})(request, reply, count);
};

let server: WebhookServer;
beforeAll(async () => {
  server = await startWebhookServer(hooks);
});
afterAll(() => server.stop());

/** Parameters that an example asks of its run, given what stands there: the first instance of the first place. */
function parametersOf(text: string, bench: ReturnType<typeof createExampleBench>): StageContext {
  if (!text.includes('parameters.instance')) return {};
  const [place = '', groups = {}] = Object.entries(readPromise(text).before)[0] ?? [];
  return { instance: bench.instancesOf(place, Object.keys(groups)[0] ?? '')[0] };
}

it.each([...stageRegistry.types])('the stage type %s has an example', (type) => {
  expect(files).toContain(`${type}.yaml`);
  const pipelines = [...parseExample(`${type}.yaml`).pipelines.values()];
  expect(pipelines.flatMap(({ stages }) => stages.map((stage) => stage.type))).toContain(type);
});

it.each(strategies.map(({ name }) => name))('the strategy %s has an example', (name) => {
  expect(files).toContain(`${name}.yaml`);
  const pipelines = [...parseExample(`${name}.yaml`).pipelines.values()];
  expect(pipelines.flatMap(({ stages }) => stages.map(({ context }) => context.strategy))).toContain(name);
});

it.each(files)('%s runs to its end and leaves what it promises', async (file) => {
  const application = parseExample(file);
  const text = readExample(file);
  const { before, after } = readPromise(text);
  const bench = createExampleBench(application, server.url(''));
  await bench.seed(before);
  const places = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  expect(bench.stateOf(Object.keys(before))).toEqual(before);
  const done = await bench.run(parametersOf(text, bench));
  // A branch that ends where its condition is not met is a choice of the example.
  const failures = done.stages.flatMap(({ failure }) => failure ?? []);
  expect(failures.filter(({ code }) => code !== 'PRECONDITION_FAILED')).toEqual([]);
  expect(done.status).toBe('SUCCEEDED');
  expect(bench.stateOf(places)).toEqual(after);
});

it('the bot does not take the examples for applications', () => {
  const folder = `${examplesFolder}/..`;
  const { definitions, problems } = loadDefinitions({ folder, stageTypes: stageRegistry, environment: {} });
  expect(problems).toEqual([]);
  expect([...definitions.applications.keys()]).toEqual(['foo', 'shop']);
});
