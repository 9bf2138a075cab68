import type { PipelineStage } from '../src/model/application';
import type { Command } from '../src/model/command';
import type { PipelineRun } from '../src/model/execution';
import { imageOfVersion } from '../src/model/image-of-version';
import { principalsText } from '../src/model/principal';
import { imageVersion } from '../src/model/server-group';
import type { Text } from '../src/model/text';
import type { View } from '../src/model/view';
import { resolvePipeline } from '../src/definitions/resolve-pipeline';
import { clusterOf } from '../src/model/cluster-of';
import { draftExecution } from './support/draft';
import { refuseStranger } from './support/checks';
import { findTarget, placesText, type Target } from './support/find-target';
import { factsOf, readPlaces, runningVersion, type LivePlace } from './support/live-groups';
import { parameterFacts, parameterHashFacts, planOptions, refusedView } from './support/pipeline-options';
import { reachOf } from './support/reach';
import { strategiesText } from './support/strategies-text';
import { runChoice, UserMistake } from './support/suggest';
import type { Verb, VerbAnswer, VerbWorld } from './support/verb';
import { windowFacts } from './support/window-text';
import type { Words } from './support/words';

const usage = '/deploy APPLICATION ENVIRONMENT[/REGION] VERSION [PARAMETER=VALUE …] [reason="…"]';
const ownOptions = ['reason'];

/** The image of a version: a tag, a digest, or the whole reference of the application's own repository. */
export function imageOf(repository: string, version: string): string {
  const image = imageOfVersion(repository, version);
  if (image !== undefined) return image;
  throw new UserMistake(`'${version}' is not a version: give a tag such as 1.9.0, or sha256: and 64 hex digits.`);
}

/** Without a version: what runs elsewhere may be meant. */
export async function offerVersions(
  target: Pick<Target, 'application' | 'environment'>,
  world: VerbWorld,
  { again, usage: how }: { readonly again: (version: string) => string; readonly usage: string },
): Promise<View> {
  const { application, environment } = target;
  const others = [...application.environments.values()].filter((other) => other.name !== environment.name);
  const seen = await Promise.all(
    others.map(async (other) => {
      const places = await readPlaces(world.serverGroups, other.locations, clusterOf(application, other)).catch(
        () => [],
      );
      return places.flatMap(({ current }) => (current === undefined ? [] : [imageVersion(current.image)]));
    }),
  );
  const versions = [...new Set(seen.flat())].slice(0, 5);
  return {
    headline: `Which version of ${application.name} shall go to ${environment.name}?`,
    tone: 'attention',
    undone: true,
    lines: [
      versions.length === 0
        ? `Name one: ${how}.`
        : `Name one, or take one that runs elsewhere: ${versions.join(', ')}.`,
    ],
    choices: versions.map((version) => runChoice(again(version))),
  };
}

const countText = (target: Target): string => {
  const { instances } = target.environment;
  const regions = target.locations.length;
  return `${instances} per region, ${instances * regions} in all (${placesText(target.locations)})`;
};

const judgesText = (target: Target): Text => {
  const judged = target.environment.pipeline.stages.some((stage) => stage.type === 'manualJudgment');
  if (!judged) return ['nobody: no judgment in this pipeline'];
  const { groups, anyone, excludeRequester, excludeAuthor } = target.environment.policy.approvers;
  if (excludeAuthor === true) return 'nobody: whoever made the change may not, and who that is is not known';
  const unnamed = anyone === true ? 'anyone' : 'nobody: no approvers are named';
  const who = groups.length === 0 ? [unnamed] : principalsText(groups);
  return excludeRequester ? [...who, ', not yourself'] : who;
};

type Planned = {
  readonly target: Target;
  readonly places: readonly LivePlace[];
  readonly stages: readonly PipelineStage[];
  readonly image: string;
  readonly reason: string | undefined;
  readonly run: PipelineRun;
  /** Which other environments it changes, in words. */
  readonly reach: readonly Text[];
  readonly now: number;
};

function planView({ target, places, stages, image, reason, run, reach, now }: Planned): View {
  const { application, environment, others } = target;
  const from = runningVersion(places);
  const to = imageVersion(image);
  const stays = others.length === 0 ? [] : [`${placesText(others)} stays as it is.`];
  const same = from === to ? ['This version runs already: the deployment makes a new server group of it.'] : [];
  return {
    headline: [`Deploy ${application.name} to ${environment.name}: ${from} → `, { strong: to }],
    tone: 'neutral',
    lines: [...reach, ...same, ...stays, ...(reason === undefined ? [] : [`Reason: ${reason}`])],
    facts: [
      { label: 'Image', value: [{ code: image }] },
      { label: 'Instances', value: countText(target) },
      { label: 'Strategy', value: strategiesText(stages, places) },
      ...parameterFacts(run, environment.pipeline),
      { label: 'Who judges', value: judgesText(target) },
      ...windowFacts(stages, now),
      { label: 'Stages', value: environment.pipeline.stages.map((stage) => stage.name).join(' → ') },
    ],
  };
}

async function run(words: Words, command: Command, world: VerbWorld): Promise<VerbAnswer> {
  const target = findTarget(world.definitions(), words, usage);
  const { application, environment, locations } = target;
  const refusal = await refuseStranger(world, command, environment, `${application.name} ${environment.name}`);
  if (refusal !== undefined) return { type: 'reply', view: refusal };
  const version = words.words[3];
  const again = (chosen: string) => `deploy ${application.name} ${environment.name} ${chosen}`;
  if (version === undefined) return { type: 'reply', view: await offerVersions(target, world, { again, usage }) };
  const image = imageOf(application.image, version);
  const planned = planOptions(application, environment.pipeline, words, ownOptions);
  if (planned.refused !== undefined) {
    return { type: 'reply', view: refusedView(planned, environment.pipeline, words) };
  }
  const reach = await reachOf({ application, environment, pipeline: environment.pipeline }, command, world);
  if ('refusal' in reach) return { type: 'reply', view: reach.refusal };
  const cluster = clusterOf(application, environment);
  const places = await readPlaces(world.serverGroups, locations, cluster);
  const reason = words.options.get('reason');
  const stages = resolvePipeline(application, environment, {
    image,
    locations,
    parameters: planned.run.parameters,
  });
  const draft = draftExecution({
    kind: 'deploy',
    writtenAs: 'yaml',
    name: `Deploy ${application.name} ${imageVersion(image)} to ${environment.name}`,
    application,
    environment,
    locations,
    stages,
    pipeline: environment.pipeline.name,
    run: planned.run,
    command,
    image,
    fromVersion: runningVersion(places),
    toVersion: imageVersion(image),
    reason,
  });
  const view = planView({
    target,
    places,
    stages,
    image,
    reason,
    run: planned.run,
    reach: reach.lines,
    now: world.clock.now(),
  });
  const facts = { ...factsOf(places), ...parameterHashFacts(planned.run) };
  return {
    type: 'plan',
    plan: { draft, facts, view, confirmLabel: 'Deploy' },
    confirm: environment.confirm || reach.confirm,
  };
}

/** The parameters of the pipeline that would run; undefined where the words name none. */
function parametersOf({ words: [, name = '', place = ''] }: Words, world: VerbWorld): readonly string[] | 'any' {
  const environments = world.definitions().applications.get(name)?.environments;
  const environment = environments?.get(place.split('/')[0] ?? '');
  if (environment === undefined) return 'any';
  return [...ownOptions, ...(environment.pipeline.parameters ?? []).map((parameter) => parameter.name)];
}

/** Brings a version to an environment by its pipeline. */
export const deploy: Verb = {
  name: 'deploy',
  usage,
  summary: 'bring a version to an environment',
  examples: ['/deploy foo dev 1.1', '/deploy foo prod 1.1 reason="fix login"', '/deploy shop prod/west 2.0'],
  options: ownOptions,
  optionsFor: parametersOf,
  run,
};
