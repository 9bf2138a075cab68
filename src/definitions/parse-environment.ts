import type { Environment, Pipeline } from '../model/application';
import type { Policy } from '../model/execution';
import { principalOf } from '../model/principal';
import type { Location } from '../model/server-group';
import { didYouMean } from './did-you-mean';
import { parseChaos } from './parse-chaos';
import { parseChannel } from './parse-channel';
import type { Accounts } from './parse-accounts';
import { parseTrafficGuard } from './parse-traffic-guard';
import { parseWindow } from './parse-window';
import { mergeService, parseService, type WrittenService } from './parse-service';
import { refuseNeverOpen } from './refuse-never-open';
import type { YamlObject } from './yaml-object';
import type { YamlValue } from './yaml-value';

/** What an environment takes from the file around it. */
export type EnvironmentInput = {
  readonly accounts: Accounts;
  readonly pipelines: ReadonlyMap<string, Pipeline | undefined>;
  readonly service: WrittenService;
  readonly serviceAt: YamlValue;
  readonly application: string | undefined;
  readonly channelAt: YamlValue | undefined;
  readonly chaosAt: YamlValue | undefined;
  /** Of windows that name none. */
  readonly timeZone: string;
};

const known = [
  'regions',
  'instances',
  'service',
  'pipeline',
  'channel',
  'deployers',
  'approvers',
  'window',
  'trafficGuard',
  'breakGlass',
  'chaos',
];
const notYet = ['sandbox', 'promoteFrom', 'drill'];

/** Reads handles of user groups. */
export const parseGroup = (value: YamlValue): string | undefined =>
  value.matching(/^[a-z0-9][a-z0-9._-]*$/, "must be a user group's handle in lower case, without '@'.");

const principalRule =
  "must be a user group's handle in lower case, an e-mail address, or a Slack user id such as U0123ABCD.";

/** Reads a group or a person, as policies name them: handles without '@', addresses in small letters. */
function parsePrincipal(value: YamlValue): string | undefined {
  const written = value.text();
  if (written === undefined) return undefined;
  if (value.refusesExpression('Write the value itself.')) return undefined;
  const name = written.replace(/^@/, '');
  const principal = principalOf(name);
  if (principal === undefined) return value.fail(`${value.label} '${written}' ${principalRule}`);
  return 'email' in principal ? principal.email : name;
}

/** At least one group or person, each once: an empty list could mean anyone as well as nobody. */
function parsePrincipals(value: YamlValue, absence: string): readonly string[] {
  const names = value.texts(parsePrincipal) ?? [];
  if (value.isList && value.list()?.length === 0) {
    value.fail(`${value.label} names nobody. Leave it out where ${absence}, or name a group: [release-managers]`);
  }
  return [...new Set(names)];
}

const anyoneDecides = 'anyone may decide';
const exclusions = ['requester', 'author'] as const;

/** So many different humans; where only people are named, there must be so many of them. */
function parseCount(value: YamlValue | undefined, names: readonly string[]): number {
  const count = value?.integer({ max: 20 }) ?? 1;
  const people = names.map(principalOf).filter((principal) => principal !== undefined && !('group' in principal));
  if (names.length > 0 && people.length === names.length && people.length < count)
    value?.fail(
      `${value.label} asks for ${count} approvals, but only ${people.length} may give one. Name more people.`,
    );
  return count;
}

function parseApprovers(value: YamlValue | undefined): Policy['approvers'] {
  if (value === undefined) return { groups: [], anyone: true, count: 1, excludeRequester: false };
  if (value.isList) return { groups: parsePrincipals(value, anyoneDecides), count: 1, excludeRequester: true };
  const fields = value.object({ known: ['groups', 'count', 'exclude'] });
  const exclude = fields?.get('exclude')?.texts((item) => item.oneOf(exclusions));
  const groupsAt = fields?.require('groups', 'groups: [release-managers]');
  const groups =
    groupsAt === undefined ? [] : parsePrincipals(groupsAt, `'approvers' is left out too and ${anyoneDecides}`);
  return {
    groups,
    count: parseCount(fields?.get('count'), groups),
    excludeRequester: exclude === undefined || exclude.includes('requester'),
    ...(exclude?.includes('author') === true ? { excludeAuthor: true } : {}),
  };
}

const dayMs = 24 * 3_600_000;

function parseBreakGlass(value: YamlValue | undefined): Policy['breakGlass'] {
  if (value === undefined) return undefined;
  const nobody = 'nobody may break the glass';
  if (value.isList) return { groups: parsePrincipals(value, nobody), reviewWithinMs: dayMs };
  const fields = value.object({ known: ['groups', 'reviewWithin'] });
  const groups = fields?.require('groups', 'groups: [sre-oncall]');
  const reviewWithinMs = fields?.get('reviewWithin')?.durationMs() ?? dayMs;
  return groups === undefined ? undefined : { groups: parsePrincipals(groups, nobody), reviewWithinMs };
}

function parseRegions(fields: YamlObject, accounts: Accounts): readonly Location[] {
  const value = fields.require('regions', 'regions: [nonprod/east]');
  const names = [...accounts.keys()];
  const items = value?.list();
  if (items?.length === 0) value?.fail(`An environment needs a region. Known: ${names.join(', ')}.`);
  const seen = new Set<string>();
  return (items ?? []).flatMap((item) => {
    const name = item.text('account/region');
    if (name === undefined) return [];
    const location = accounts.get(name);
    if (location === undefined && item.refusesExpression('Write account/region.')) return [];
    if (location === undefined) return item.fail(`Unknown region '${name}'. ${didYouMean(name, names)}`) ?? [];
    if (seen.has(name)) return item.fail(`Region '${name}' stands here twice. Remove one.`) ?? [];
    seen.add(name);
    return [location];
  });
}

function refusePipeline(value: YamlValue | undefined, name: string, known: readonly string[]): void {
  if (value?.refusesExpression("Write the pipeline's name itself.") === true) return;
  value?.fail(`No pipeline is called '${name}'. ${didYouMean(name, known)}`);
}

/** Reads one environment; undefined where its pipeline is not there. */
export function parseEnvironment(name: string, value: YamlValue, input: EnvironmentInput): Environment | undefined {
  if (!/^[a-z0-9]+$/.test(name)) {
    value.failAtKey(`The environment '${name}' may hold a-z and 0-9 only: it is a part of cluster names.`);
  }
  const fields = value.object({ known, notYet });
  if (fields === undefined) return undefined;
  const locations = parseRegions(fields, input.accounts);
  const instances = fields.require('instances', 'instances: 1')?.integer({ max: 10_000 });
  const pipelineAt = fields.require('pipeline', 'pipeline: quick');
  const pipelineName = pipelineAt?.text();
  if (pipelineName !== undefined && !input.pipelines.has(pipelineName)) {
    refusePipeline(pipelineAt, pipelineName, [...input.pipelines.keys()]);
  }
  const serviceAt = fields.get('service');
  const over = serviceAt === undefined ? {} : parseService(serviceAt);
  const service = mergeService(input.service, over, serviceAt ?? input.serviceAt);
  const channelAt = fields.get('channel') ?? input.channelAt;
  const channel = channelAt && parseChannel(channelAt, { application: input.application, environment: name });
  const deployersAt = fields.get('deployers');
  const deployers = deployersAt === undefined ? [] : parsePrincipals(deployersAt, 'anyone may deploy');
  const breakGlass = parseBreakGlass(fields.get('breakGlass'));
  const policy: Policy = {
    deployers,
    approvers: parseApprovers(fields.get('approvers')),
    ...(breakGlass === undefined ? {} : { breakGlass }),
  };
  const windowAt = fields.get('window');
  const window = windowAt && parseWindow(windowAt, input.timeZone);
  const trafficGuard = parseTrafficGuard(fields.get('trafficGuard'), instances);
  const chaos = parseChaos(input.chaosAt, fields.get('chaos'));
  const pipeline = input.pipelines.get(pipelineName ?? '');
  if (pipeline?.strategy === true) {
    pipelineAt?.fail(
      `Pipeline '${pipeline.name}' is a strategy: it deploys nothing by itself. Name one whose deploy has strategy: custom and strategyPipeline: ${pipeline.name}.`,
    );
  }
  if (windowAt !== undefined && window !== undefined) {
    refuseNeverOpen(windowAt, pipeline?.stages ?? [], { pipeline, environment: { name, window } });
  }
  if (pipeline === undefined || instances === undefined) return undefined;
  const hasJudgment = pipeline.stages.some((stage) => stage.type === 'manualJudgment');
  const confirm = hasJudgment || deployers.length > 0;
  const rest = {
    ...(window === undefined ? {} : { window }),
    ...(trafficGuard === undefined ? {} : { trafficGuard }),
    ...(chaos === undefined ? {} : { chaos }),
  };
  return { name, locations, instances, pipeline, service, channel, policy, confirm, ...rest };
}
