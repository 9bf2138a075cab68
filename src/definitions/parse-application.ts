import type { Application, DefinitionProblem, Environment, Pipeline } from '../model/application';
import { checkServiceReferences } from './check-references';
import type { Accounts } from './parse-accounts';
import { findCallMistakes } from './find-call-mistakes';
import { findCircles } from './find-circles';
import { parseChannelName } from './parse-channel';
import { parseEnvironment, parseGroup } from './parse-environment';
import { checkRegions, parsePipeline, stagesAt } from './parse-pipeline';
import { parseTrafficGuards } from './parse-traffic-guard';
import { checkJobs, parseJobs, type Jobs } from './parse-job';
import { parseService } from './parse-service';
import type { StageTypes } from './parse-stage';
import type { YamlObject } from './yaml-object';
import { readYamlSource } from './yaml-source';
import { YamlValue } from './yaml-value';

/** What an application's file says; the application is there only where nothing is wrong. */
export type ParsedApplication = {
  readonly application?: Application;
  readonly problems: readonly DefinitionProblem[];
  /** What is hardly meant as it is written, though nothing is wrong in it; absent where there is nothing. */
  readonly warnings?: readonly DefinitionProblem[];
};

type Pipelines = ReadonlyMap<string, Pipeline | undefined>;

const known = [
  'application',
  'owner',
  'channel',
  'image',
  'service',
  'chaos',
  'jobs',
  'environments',
  'pipelines',
  'notify',
  'trafficGuards',
];
const notYet = ['source', 'triggers'];
const events = ['started', 'judgment', 'succeeded', 'failed', 'canceled', 'rolledBack'] as const;

function parseName(root: YamlObject): string | undefined {
  const value = root.require('application', 'application: foo');
  const name = value?.text();
  if (name === undefined || /^[a-z0-9]+$/.test(name)) return name;
  const fixed = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  return value?.fail(
    `The application's name '${name}' may hold a-z and 0-9 only: a dash would end it in cluster names. Write: ${fixed}`,
  );
}

function parseImage(root: YamlObject): string | undefined {
  const value = root.require('image', 'image: registry.example.com/demo/foo');
  const image = value?.text();
  if (image === undefined) return undefined;
  const tag = /[:@][^/]*$/.exec(image)?.[0];
  if (tag !== undefined && image.includes('/')) {
    return value?.fail(`The image is the repository only, without '${tag}': versions come from commands.`);
  }
  return value?.matching(/^[a-z0-9][a-z0-9._-]*(:\d+)?(\/[a-z0-9][a-z0-9._-]*)*$/, 'is not a repository of images.');
}

function parseOwner(root: YamlObject): Application['owner'] {
  const fields = root.get('owner')?.object({ known: ['group', 'email'] });
  if (fields === undefined) return undefined;
  const groupAt = fields.get('group');
  const group = groupAt === undefined ? undefined : parseGroup(groupAt);
  const email = fields.get('email')?.matching(/^[^@\s]+@[^@\s]+$/, 'is not an e-mail address.');
  return { ...(group === undefined ? {} : { group }), ...(email === undefined ? {} : { email }) };
}

function parseNotify(root: YamlObject): Application['notify'] {
  const fields = root.get('notify')?.object({ known: ['channel', 'requester'] });
  const read = (name: string) => fields?.get(name)?.texts((item) => item.oneOf(events));
  return {
    channel: read('channel') ?? ['judgment', 'failed', 'rolledBack'],
    requester: read('requester') ?? ['failed', 'rolledBack'],
  };
}

/** What the parts of a file are read with. */
type FileInput = {
  readonly accounts: Accounts;
  readonly stageTypes: StageTypes;
  readonly jobs: Jobs;
  readonly timeZone: string;
};

function parsePipelines(root: YamlObject, { accounts, jobs, ...input }: FileInput): Pipelines {
  const pipelinesAt = root.require('pipelines', 'pipelines: { quick: [{ type: deploy, strategy: highlander }] }');
  const written = pipelinesAt?.object({ known: undefined })?.entries() ?? [];
  for (const [, value] of written) {
    checkRegions(value, [...accounts.keys()]);
    const stages = stagesAt(value);
    if (stages !== undefined) checkJobs(stages, jobs);
  }
  return new Map(written.map(([name, value]) => [name, parsePipeline(name, value, input)]));
}

/** Checks the service of the file and those of its environments, where all pipelines that may deploy them are known. */
function checkServices(services: readonly YamlValue[], pipelines: Pipelines, stageTypes: StageTypes): void {
  const known = [...pipelines.values()].filter((pipeline) => pipeline !== undefined);
  if (known.length < pipelines.size) return;
  for (const service of services) checkServiceReferences(service, known, stageTypes);
}

function parseEnvironments(
  root: YamlObject,
  top: YamlValue,
  application: string | undefined,
  { accounts, stageTypes, pipelines, timeZone }: FileInput & { readonly pipelines: Pipelines },
): ReadonlyMap<string, Environment> {
  const serviceAt = root.get('service');
  const channelAt = root.get('channel');
  // Also where every environment has a channel of its own.
  if (channelAt?.hasExpression === false) parseChannelName(channelAt);
  const input = {
    accounts,
    pipelines,
    service: serviceAt === undefined ? {} : parseService(serviceAt),
    serviceAt: serviceAt ?? top,
    application,
    channelAt,
    chaosAt: root.get('chaos'),
    timeZone,
  };
  const value = root.require('environments', 'environments: { dev: { regions: [nonprod/east], … } }');
  const entries = value?.object({ known: undefined })?.entries() ?? [];
  if (value?.isObject === true && entries.length === 0) value.fail('The application needs at least one environment.');
  const environments = entries.flatMap(([name, item]) => parseEnvironment(name, item, input) ?? []);
  const own = entries.map(([, item]) =>
    item.isObject ? item.object({ known: undefined })?.get('service') : undefined,
  );
  checkServices(
    [serviceAt, ...own].filter((service) => service !== undefined),
    pipelines,
    stageTypes,
  );
  return new Map(environments.map((environment) => [environment.name, environment]));
}

/** Reads an application's file. Every problem has its line and column. Never throws. */
export function parseApplication(input: {
  readonly file: string;
  readonly text: string;
  readonly accounts: Accounts;
  readonly stageTypes: StageTypes;
  /** Of execution windows that name none. @default 'UTC' */
  readonly timeZone?: string;
}): ParsedApplication {
  const { timeZone = 'UTC' } = input;
  const source = readYamlSource(input.file, input.text);
  if (source.document === undefined) return { problems: source.problems };
  const top = new YamlValue(source, source.document.contents, '');
  const root = top.object({ known, notYet });
  if (root === undefined) return { problems: source.problems };
  const name = parseName(root);
  const image = parseImage(root);
  const owner = parseOwner(root);
  const jobs = parseJobs(root.get('jobs'));
  const pipelines = parsePipelines(root, { ...input, jobs, timeZone });
  const environments = parseEnvironments(root, top, name, { ...input, jobs, pipelines, timeZone });
  const notify = parseNotify(root);
  const trafficGuards = parseTrafficGuards(root.get('trafficGuards'));
  if (source.problems.length > 0 || name === undefined || image === undefined) {
    const seen = new Map(source.problems.map((problem) => [JSON.stringify(problem), problem]));
    return { problems: [...seen.values()].sort((a, b) => a.line - b.line || a.column - b.column) };
  }
  const application = {
    name,
    file: input.file,
    image,
    environments,
    pipelines: new Map([...pipelines].flatMap(([key, pipeline]) => (pipeline === undefined ? [] : [[key, pipeline]]))),
    notify,
    ...(trafficGuards === undefined ? {} : { trafficGuards }),
    ...(owner === undefined ? {} : { owner }),
    ...(jobs.size === 0 ? {} : { jobs }),
  };
  const alone = new Map([[name, application]]);
  const mistakes = [...findCircles(alone), ...findCallMistakes(application, { applications: alone })];
  if (mistakes.length > 0) return { problems: mistakes };
  const { warnings } = source;
  return { application, problems: [], ...(warnings.length === 0 ? {} : { warnings }) };
}
