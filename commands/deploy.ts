import type { Command } from '../src/model/command';
import { imageVersion } from '../src/model/server-group';
import type { View } from '../src/model/view';
import { resolvePipeline } from '../src/definitions/resolve-pipeline';
import { findStrategy } from '../src/strategies';
import { clusterOf } from '../src/model/cluster-of';
import { draftExecution } from './support/draft';
import { refuseBusy, refuseStranger } from './support/checks';
import { findTarget, placesText, type Target } from './support/find-target';
import { readHistory, runningExecution } from '../src/engine/read-history';
import { factsOf, readPlaces, runningVersion, type LivePlace } from './support/live-groups';
import { runChoice, UserMistake } from './support/suggest';
import type { Verb, VerbAnswer, VerbWorld } from './support/verb';
import type { Words } from './support/words';

const usage = '/deploy APPLICATION ENVIRONMENT[/REGION] VERSION [reason="…"]';
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const digestPattern = /^sha256:[0-9a-f]{64}$/;

/** The image of a version: a tag, a digest, or the whole reference of the application's own repository. */
export function imageOf(repository: string, version: string): string {
  const after = (mark: string) =>
    version.startsWith(`${repository}${mark}`) ? version.slice(repository.length + 1) : version;
  if (digestPattern.test(after('@'))) return `${repository}@${after('@')}`;
  const [tag = '', digest, ...rest] = after(':').split('@');
  const isPinned = digest === undefined || (digestPattern.test(digest) && rest.length === 0);
  if (tagPattern.test(tag) && isPinned) return `${repository}:${after(':')}`;
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

const judgesText = (target: Target): readonly ({ readonly group: string } | string)[] => {
  const judged = target.environment.pipeline.stages.some((stage) => stage.type === 'manualJudgment');
  if (!judged) return ['nobody: no judgment in this pipeline'];
  const { groups, anyone, excludeRequester } = target.environment.policy.approvers;
  const who =
    groups.length === 0
      ? [anyone === true ? 'anyone' : 'nobody: no approvers are named']
      : groups.flatMap((group, index) => (index === 0 ? [{ group }] : [', ', { group }]));
  return excludeRequester ? [...who, ', not yourself'] : who;
};

const strategiesText = (target: Target): string => {
  const used = target.environment.pipeline.stages
    .filter((stage) => stage.type === 'deploy')
    .map(
      (stage) => findStrategy(typeof stage.context.strategy === 'string' ? stage.context.strategy : undefined).summary,
    );
  return [...new Set(used)].join('; ') || 'no deploy stage';
};

function planView(target: Target, places: readonly LivePlace[], image: string, reason: string | undefined): View {
  const { application, environment, others } = target;
  const from = runningVersion(places);
  const to = imageVersion(image);
  const stays = others.length === 0 ? [] : [`${placesText(others)} stays as it is.`];
  const same = from === to ? ['This version runs already: the deployment makes a new server group of it.'] : [];
  return {
    headline: [`Deploy ${application.name} to ${environment.name}: ${from} → `, { strong: to }],
    tone: 'neutral',
    lines: [...same, ...stays, ...(reason === undefined ? [] : [`Reason: ${reason}`])],
    facts: [
      { label: 'Image', value: [{ code: image }] },
      { label: 'Instances', value: countText(target) },
      { label: 'Strategy', value: strategiesText(target) },
      { label: 'Who judges', value: judgesText(target) },
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
  const cluster = clusterOf(application, environment);
  const busy = refuseBusy(
    runningExecution(await readHistory(world.store, cluster)),
    `/rollback ${application.name} ${environment.name}`,
  );
  if (busy !== undefined) return { type: 'reply', view: busy };
  const places = await readPlaces(world.serverGroups, locations, cluster);
  const stages = resolvePipeline(application, environment, { image, locations });
  const draft = draftExecution({
    kind: 'deploy',
    writtenAs: 'yaml',
    name: `Deploy ${application.name} ${imageVersion(image)} to ${environment.name}`,
    application,
    environment,
    locations,
    stages,
    pipeline: environment.pipeline.name,
    command,
    image,
    fromVersion: runningVersion(places),
    toVersion: imageVersion(image),
    reason: words.options.get('reason'),
  });
  const view = planView(target, places, image, words.options.get('reason'));
  return {
    type: 'plan',
    plan: { draft, facts: factsOf(places), view, confirmLabel: 'Deploy' },
    confirm: environment.confirm,
  };
}

/** Brings a version to an environment by its pipeline. */
export const deploy: Verb = {
  name: 'deploy',
  usage,
  summary: 'bring a version to an environment',
  examples: ['/deploy foo dev 1.1', '/deploy foo prod 1.1 reason="fix login"', '/deploy shop prod/west 2.0'],
  options: ['reason'],
  run,
};
