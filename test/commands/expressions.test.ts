import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stageRegistry } from '../../src/app';
import { loadDefinitions } from '../../src/definitions/load-definitions';
import { east } from '../dcos/builders';
import { createCommandBench, wordsOf } from '../support/command-kit';
import { stageOf } from '../support/engine-kit';
import { west } from '../support/stage-kit';
import { createTemporaryFolder } from '../support/temporary-folder';

const accounts = `clusters: { np1: { url: 'http://127.0.0.1:8080' } }
accounts: { nonprod: { clusters: [np1], regions: { east: np1/east, west: np1/west } } }
`;
const ownService = `{ ports: { http: 8080 }, env: { VERSION: '\${image.tag}', SHELL_HOME: "\${'\${HOME}'}" } }`;
const file = (stages: string, service: string) => `application: foo
image: repo/foo
service: ${service}
environments:
  prod: { regions: [nonprod/east, nonprod/west], instances: 2, pipeline: p }
pipelines:
  p:
${stages}
`;

/** The stages of a pipeline as a team writes them. */
function writtenStages(stages: string, written: string) {
  const { path: folder, remove } = createTemporaryFolder();
  writeFileSync(join(folder, 'accounts.yaml'), accounts);
  writeFileSync(join(folder, 'foo.yaml'), file(stages, written));
  const { definitions, problems } = loadDefinitions({ folder, stageTypes: stageRegistry, environment: {} });
  remove();
  expect(problems).toEqual([]);
  const prod = definitions.applications.get('foo')?.environments.get('prod');
  if (prod === undefined) throw new Error('No prod.');
  return prod;
}

async function deploy(stages: string, written = ownService) {
  const { pipeline, service } = writtenStages(stages, written);
  const bench = await createCommandBench((store) => store, pipeline.stages, service);
  await bench.press(await bench.say('deploy foo prod 1.2'), 'confirm');
  const [execution] = await bench.executions();
  if (execution === undefined) throw new Error('No execution.');
  return { bench, done: await bench.drive(execution.id) };
}

describe('a deployment whose file holds expressions', () => {
  it('asks, names and conditions as written', async () => {
    const { bench, done } = await deploy(`
    - { name: Names, type: evaluateVariables, variables: { size: '\${#toInt("2") * 2}' } }
    - { name: 'Deploy \${image.tag}', type: deploy, strategy: redblack }
    - { name: never, type: wait, for: 1h, stageEnabled: 'environment == "dev"' }
    - { name: sane, type: checkPreconditions, expression: 'size == 4 and deployedServerGroups.size() == 2' }
    - { name: Keep?, type: manualJudgment, instructions: '\${deployedServerGroups[0].serverGroup} ×\${size} in \${environment}?' }
`);
    expect(
      done.stages
        .filter(({ parentStageId }) => parentStageId === undefined)
        .map(({ name, status }) => `${name} ${status}`),
    ).toEqual(['Names SUCCEEDED', 'Deploy 1.2 SUCCEEDED', 'never SKIPPED', 'sane SUCCEEDED', 'Keep? RUNNING']);
    expect(stageOf(done, '5').context.instructions).toBe('foo-prod-v000 ×4 in prod?');
    expect(stageOf(done, '2').context.clusters).toMatchObject([
      { env: { VERSION: '1.2', SHELL_HOME: '\${HOME}' } },
      { env: { VERSION: '1.2', SHELL_HOME: '\${HOME}' } },
    ]);
    expect(stageOf(done, '2<0').context.env).toEqual({ VERSION: '1.2', SHELL_HOME: '\${HOME}' });
    expect(wordsOf(await bench.live(done.id))).toContain('waiting for a decision');
  });

  it('gives clusters of its own maps that an expression makes as a whole', async () => {
    const cluster = `{ account: nonprod, application: foo, stack: prod, location: { account: nonprod, region: east, dcosCluster: np1, group: east },
          desiredCapacity: '\${settings.size}', docker: { image: { imageId: 'repo/foo:1.2' } }, cpus: '\${settings.cpus}', mem: 64,
          env: '\${settings.env}', labels: '\${settings.labels}', marathon: '\${settings.marathon}', serviceEndpoints: [], healthChecks: [], strategy: none }`;
    const { bench, done } = await deploy(`
    - { type: evaluateVariables, variables: { settings: { size: 3, cpus: 0.1, env: { A: '\${environment}', B: { secret: foo/db } }, labels: { team: a }, marathon: { disk: 5 } } } }
    - { name: Deploy, type: deploy, clusters: [${cluster}] }
`);
    expect(done.status).toBe('SUCCEEDED');
    expect(stageOf(done, '2<0').context).toMatchObject({
      desiredCapacity: 3,
      cpus: 0.1,
      env: { A: 'prod', B: { secret: 'foo/db' } },
      labels: { team: 'a' },
      marathon: { disk: 5 },
    });
    expect(bench.serverGroups.effects).toEqual(['create nonprod/east/foo-prod-v000']);
  });

  it('gives Marathon what an expression in its fields says', async () => {
    const { done } = await deploy(
      `
    - { name: Deploy, type: deploy, strategy: redblack }
`,
      "{ marathon: { cpus: '\${#toFloat(\"0.25\")}', labels: '\${ {team: environment} }' } }",
    );
    expect(stageOf(done, '1<0').context.marathon).toEqual({ cpus: 0.25, labels: { team: 'prod' } });
  });

  it('acts on and counts its own cluster in every place of the run where its stages name none', async () => {
    const { bench, done } = await deploy(`
    - { name: Deploy, type: deploy, strategy: redblack }
    - { name: Grow, type: resizeServerGroup, action: scale_up, scaleNum: 1, target: current_asg_dynamic }
    - name: One each
      type: checkPreconditions
      preconditions:
        - { type: clusterSize, context: { expected: 1 } }
        - { type: stageStatus, context: { stageName: Grow, stageStatus: SUCCEEDED } }
`);
    expect(done.status).toBe('SUCCEEDED');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-prod-v000 ×3']);
    expect(bench.serverGroups.sizes(west)).toEqual(['foo-prod-v000 ×3']);
    expect(
      done.stages.filter(({ parentStageId }) => parentStageId === '2' || parentStageId === '3').map(({ name }) => name),
    ).toEqual([
      'Resize in nonprod/east',
      'Resize in nonprod/west',
      'Check precondition (clusterSize)',
      'Check precondition (stageStatus)',
    ]);
  });

  it('rolls back where a stage says, whatever an earlier one calls a location', async () => {
    const { bench, done } = await deploy(`
    - { name: First, type: deploy, strategy: none }
    - { name: Second, type: deploy, strategy: none }
    - { type: evaluateVariables, variables: { location: { account: nonprod, region: east, dcosCluster: np1, group: east } } }
    - { name: Back, type: rollbackCluster, regions: [nonprod/west] }
`);
    expect(done.status).toBe('SUCCEEDED');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-prod-v000 ×2', 'foo-prod-v001 ×2']);
    expect(bench.serverGroups.sizes(west)).toEqual(['foo-prod-v000 ×2', 'foo-prod-v001 ×0']);
  });

  it('says in which place the size of its cluster is not what a file expects', async () => {
    const { done } = await deploy(`
    - { name: Deploy, type: deploy, strategy: redblack, regions: [nonprod/east] }
    - { name: Both, type: checkPreconditions, preconditions: [{ type: clusterSize, context: { comparison: '>=' } }] }
`);
    expect(done.status).toBe('TERMINAL');
    expect(JSON.stringify(done)).toContain('expected >= 1 server groups in np1_west but found 0: [].');
  });

  it('touches nothing where the deploy stage cannot be evaluated, and says which field', async () => {
    const { bench, done } = await deploy(`
    - { name: Deploy, type: deploy, strategy: redblack, maxRemainingAsgs: '\${parameters.keep}' }
`);
    expect(done.status).toBe('TERMINAL');
    expect(bench.serverGroups.effects).toEqual([]);
    expect(wordsOf(await bench.live(done.id))).toContain(
      "Stage 'Deploy': clusters[0].maxRemainingAsgs, column 3 (and 1 more place): the result is null: ",
    );
  });
});
