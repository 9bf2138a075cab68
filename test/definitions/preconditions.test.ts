import { join } from 'node:path';
import { stageRegistry } from '../../src/app';
import { loadDefinitions } from '../../src/definitions/load-definitions';
import { parseApplication } from '../../src/definitions/parse-application';

const folder = join(__dirname, '../../pipelines');
const { accounts = new Map() } = loadDefinitions({ folder, stageTypes: stageRegistry, environment: {} }).accounts;

/** An application whose line 9 is its only precondition. */
const file = (precondition: string): string => `application: foo
image: registry.example.com/demo/foo
environments:
  dev: { regions: [nonprod/east], instances: 1, pipeline: quick }
pipelines:
  quick:
    - type: checkPreconditions
      preconditions:
        - ${precondition}
`;
const parse = (precondition: string) =>
  parseApplication({ file: 'foo.yaml', text: file(precondition), accounts, stageTypes: stageRegistry });

describe('a precondition in a file', () => {
  it.each([
    [
      "{ type: clusterSize, failPipeline: false, context: { credentials: prod, regions: [dc1_web], cluster: foo, comparison: '<', expected: 0, onlyEnabledServerGroups: true } }",
      {
        type: 'clusterSize',
        failPipeline: false,
        context: {
          cluster: 'foo',
          credentials: 'prod',
          regions: ['dc1_web'],
          comparison: '<',
          expected: 0,
          onlyEnabledServerGroups: true,
        },
      },
    ],
    [
      "{ type: clusterSize, context: { account: prod, regions: [dc1_web], moniker: { cluster: foo }, comparison: '${parameters.a}', expected: '${parameters.b}', onlyEnabledServerGroups: '${parameters.c}', failureMessage: 'In ${environment}' } }",
      {
        type: 'clusterSize',
        context: {
          account: 'prod',
          regions: ['dc1_web'],
          moniker: { cluster: 'foo' },
          comparison: '${parameters.a}',
          expected: '${parameters.b}',
          onlyEnabledServerGroups: '${parameters.c}',
          failureMessage: 'In ${environment}',
        },
      },
    ],
    [
      "{ type: stageStatus, context: { stageName: 'Run ${image.tag}', stageStatus: SUCCEEDED, failureMessage: No } }",
      {
        type: 'stageStatus',
        context: { stageName: 'Run ${image.tag}', stageStatus: 'SUCCEEDED', failureMessage: 'No' },
      },
    ],
  ])('is read: %s', (written, precondition) => {
    const { application, problems } = parse(written);
    expect(problems).toEqual([]);
    const [stage] = application?.environments.get('dev')?.pipeline.stages ?? [];
    expect(stage?.context).toEqual({ preconditions: [precondition] });
  });

  it.each([
    ["{ type: clusterSize, context: { comparison: '=>' } }", '9:55', "cannot be '=>'"],
    ['{ type: clusterSize, context: { expected: -1 } }', '9:53', 'must be a whole number from 0 on, not -1'],
    ["{ type: clusterSize, context: { expected: '1' } }", '9:53', 'without quotes'],
    ['{ type: clusterSize, context: { onlyEnabled: true } }', '9:43', "Unknown key 'onlyEnabled'"],
    ['{ type: clusterSize, context: { onlyEnabledServerGroups: some } }', '9:68', 'must be true or false'],
    ['{ type: clusterSize, context: { cluster: 5 } }', '9:52', '5 without quotes is the number 5'],
    ['{ type: clusterSize }', '9:11', "Add it, for example: context: { comparison: '>=', expected: 2 }"],
    ['{ type: stageStatus, context: { stageStatus: SUCCEEDED } }', '9:32', "'stageName' is missing"],
    ['{ type: stageStatus, context: { stageName: Deploy } }', '9:32', "'stageStatus' is missing"],
    [
      '{ type: stageStatus, context: { stageName: Deploy, stageStatus: SUCCEDED } }',
      '9:75',
      "Did you mean 'SUCCEEDED'?",
    ],
    ['{ type: clustrSize, context: {} }', '9:19', "Did you mean 'clusterSize'?"],
  ])('is refused where it makes no sense: %s', (written, place, message) => {
    const told = parse(written).problems.map((problem) => `${problem.line}:${problem.column} ${problem.message}`);
    expect(told).toEqual([expect.stringContaining(message)]);
    expect(told[0]).toMatch(new RegExp(`^${place} `));
  });
});
