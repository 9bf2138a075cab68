import { join } from 'node:path';
import { z } from 'zod';
import { loadDefinitions } from '../../src/definitions/load-definitions';
import { parseApplication } from '../../src/definitions/parse-application';

const types = ['deploy'];
const stageTypes = {
  types,
  find: (type: string) => (types.includes(type) ? { config: z.looseObject({}) } : undefined),
};
const { accounts = new Map() } = loadDefinitions({
  folder: join(__dirname, '../../pipelines'),
  stageTypes,
  environment: {},
}).accounts;

/** A file whose environment has these fields. */
function parsed(fields: string) {
  const text = `application: foo
image: registry.example.com/demo/foo
channel: foo-deploys
environments:
  dev: { regions: [nonprod/east], instances: 1, pipeline: quick, ${fields} }
pipelines:
  quick: [{ type: deploy, strategy: highlander }]
`;
  return parseApplication({ file: 'foo.yaml', text, accounts, stageTypes });
}

/** What an environment with these fields says of people. */
function policyOf(fields: string) {
  const { application, problems } = parsed(fields);
  expect(problems).toEqual([]);
  return application?.environments.get('dev')?.policy;
}

describe('the policy of an environment', () => {
  it('lets anyone deploy and decide where it says nothing', () =>
    expect(policyOf('channel: x')).toEqual({
      deployers: [],
      approvers: { groups: [], anyone: true, count: 1, excludeRequester: false },
    }));

  it('names groups with and without @, people by address in small letters and by Slack id, each once', () =>
    expect(policyOf("deployers: ['@release', release, Ada@Example.com, U0ANN]")?.deployers).toEqual([
      'release',
      'ada@example.com',
      'U0ANN',
    ]));

  it('leaves the requester out of a list of approvers', () =>
    expect(policyOf('approvers: [managers]')?.approvers).toEqual({
      groups: ['managers'],
      count: 1,
      excludeRequester: true,
    }));

  it('asks for several approvers, and leaves out whom it says', () => {
    const rules = (more: string) => policyOf(`approvers: { groups: [managers]${more} }`)?.approvers;
    expect(rules(', count: 3')).toEqual({ groups: ['managers'], count: 3, excludeRequester: true });
    expect(rules(', exclude: []')).toMatchObject({ excludeRequester: false });
    expect(rules(', exclude: [author]')).toMatchObject({ excludeRequester: false, excludeAuthor: true });
    expect(rules(', exclude: [requester, author]')).toMatchObject({ excludeRequester: true, excludeAuthor: true });
  });

  it('warns that nobody may decide where authors are left out, since nothing tells who they are', () => {
    const { application, problems, warnings } = parsed('approvers: { groups: [managers], exclude: [author] }');
    expect([application?.name, problems]).toEqual(['foo', []]);
    expect(warnings).toMatchObject([{ file: 'foo.yaml', line: 5 }]);
    expect(warnings?.[0]?.message).toContain("'author' lets nobody decide on a deployment that a person");
    expect(parsed('approvers: { groups: [managers], exclude: [requester] }')).not.toHaveProperty('warnings');
  });
});
