import { strategyRefusal } from '../../src/definitions/find-pipeline';
import { resolvePipeline } from '../../src/definitions/resolve-pipeline';
import { touchesCluster } from '../../src/definitions/touched-clusters';
import type { Application, Environment, Pipeline, PipelineStage } from '../../src/model/application';
import { clusterOf } from '../../src/model/cluster-of';
import type { Command } from '../../src/model/command';
import type { PipelineRun } from '../../src/model/execution';
import { imageVersion, type Location } from '../../src/model/server-group';
import type { Text } from '../../src/model/text';
import type { View } from '../../src/model/view';
import { imageOf, offerVersions } from '../deploy';
import { refuseStranger } from '../support/checks';
import { draftExecution } from '../support/draft';
import { findApplication, placesText, unknownWord } from '../support/find-target';
import { factsOf, readPlaces, runningVersion, type LivePlace } from '../support/live-groups';
import { parameterFacts, parameterHashFacts, planOptions, refusedView } from '../support/pipeline-options';
import { reachOf } from '../support/reach';
import { nearest, UserMistake } from '../support/suggest';
import type { PlanCard, VerbAnswer, VerbWorld } from '../support/verb';
import { windowFacts } from '../support/window-text';
import type { Words } from '../support/words';
import type { Subverb } from './subverb';

const usage = '/cox pipeline run APPLICATION PIPELINE [ENVIRONMENT[/REGION]] [VERSION] [key=value …]';

/** What is to be run, where, and with which image. */
type Run = {
  readonly application: Application;
  readonly pipeline: Pipeline;
  readonly environment: Environment;
  readonly locations: readonly Location[];
  readonly others: readonly Location[];
  readonly version: string | undefined;
};

/** Whether a stage makes server groups of the image that the run names. */
const deploysImage = ({ type, context }: PipelineStage): boolean => type === 'deploy' && context.clusters === undefined;

const askAgain = (
  { application, pipeline }: Pick<Run, 'application' | 'pipeline'>,
  ...more: readonly string[]
): string => ['pipeline', 'run', application.name, pipeline.name, ...more].join(' ');

function findPipeline(application: Application, name: string | undefined, rest: readonly string[]): Pipeline {
  const known = [...application.pipelines.values()].flatMap(({ name: each, strategy }) =>
    strategy === true ? [] : [each],
  );
  const again = (word: string) => ['pipeline', 'run', application.name, word, ...rest].join(' ');
  if (name === undefined) {
    const list = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`;
    throw new UserMistake(`Say which pipeline of ${application.name}: ${list}.`, known.slice(0, 5).map(again));
  }
  const found = application.pipelines.get(name);
  if (found === undefined) throw unknownWord(`pipeline of ${application.name}`, name, known, again);
  if (found.strategy === true) throw new UserMistake(strategyRefusal(application.name, name), []);
  return found;
}

/** The environment where none is named: the only one that uses the pipeline, or the only one there is. */
function usualEnvironment(application: Application, pipeline: Pipeline): Environment | undefined {
  const all = [...application.environments.values()];
  const users = all.filter((environment) => environment.pipeline.name === pipeline.name);
  if (users.length === 1) return users[0];
  return all.length === 1 ? all[0] : undefined;
}

function placesOf(
  run: Pick<Run, 'application' | 'pipeline' | 'environment'>,
  region: string | undefined,
  rest: readonly string[],
): Pick<Run, 'locations' | 'others'> {
  const { application, environment } = run;
  const locations = environment.locations.filter((location) => region === undefined || location.region === region);
  if (locations.length === 0 && region !== undefined) {
    const known = environment.locations.map((location) => location.region);
    const kind = `region of ${application.name} ${environment.name}`;
    throw unknownWord(kind, region, known, (word) => askAgain(run, `${environment.name}/${word}`, ...rest));
  }
  return { locations, others: environment.locations.filter((location) => !locations.includes(location)) };
}

/** Reads `foo release prod/east 1.1`; the environment may be left out where it is clear. */
function readRun(world: VerbWorld, { words }: Words): Run {
  const [, , name, pipelineName, ...rest] = words;
  if (name === undefined) throw new UserMistake(`Say which application: ${usage}.`, ['pipeline list']);
  const application = findApplication(world.definitions(), name, (word) =>
    ['pipeline', 'run', word, pipelineName ?? '', ...rest].join(' ').trim(),
  );
  const pipeline = findPipeline(application, pipelineName, rest);
  const [place = '', ...after] = rest;
  const [word = '', region] = place.replace(/\/$/, '').split('/');
  const known = [...application.environments.keys()];
  const named = application.environments.get(word);
  const environment = named ?? usualEnvironment(application, pipeline);
  const versions = named === undefined ? rest : after;
  const [version, ...surplus] = versions;
  const isMistyped = named === undefined && (surplus.length > 0 || nearest(word, known) !== undefined);
  if (place !== '' && (environment === undefined || isMistyped)) {
    throw unknownWord(`environment of ${application.name}`, word, known, (other) =>
      askAgain({ application, pipeline }, other, ...after),
    );
  }
  if (environment === undefined) {
    const again = known.slice(0, 5).map((other) => askAgain({ application, pipeline }, other));
    throw new UserMistake(`Say in which environment to run ${pipeline.name}: ${known.join(', ')}.`, again);
  }
  if (surplus.length > 0) throw new UserMistake(`I do not understand '${surplus.join(' ')}'. ${usage}.`);
  const run = { application, pipeline, environment };
  return { ...run, ...placesOf(run, named === undefined ? undefined : region, after), version };
}

type Resolved = {
  readonly image: string | undefined;
  readonly places: readonly LivePlace[];
  readonly run: PipelineRun;
  readonly reason: string | undefined;
  /** Which other environments it changes, in words. */
  readonly reach: readonly Text[];
};

function viewOf(wanted: Run, resolved: Resolved, stages: readonly PipelineStage[], now: number): View {
  const { image, places, run, reason, reach } = resolved;
  const { application, pipeline, environment, locations, others } = wanted;
  const deploys = pipeline.stages.some(deploysImage);
  const versions =
    deploys && image !== undefined ? [`: ${runningVersion(places)} → `, { strong: imageVersion(image) }] : [];
  const stays = others.length === 0 ? [] : [`${placesText(others)} stays as it is.`];
  const where = places.length === 0 ? 'no cluster is touched, so nothing waits for it' : placesText(locations);
  return {
    headline: [`Run ${pipeline.name} of ${application.name} in ${environment.name}`, ...versions],
    tone: 'neutral',
    lines: [...reach, ...stays, ...(reason === undefined ? [] : [`Reason: ${reason}`])],
    facts: [
      ...(image === undefined ? [] : [{ label: 'Image', value: [{ code: image }] }]),
      { label: 'Where', value: where },
      { label: 'Stages', value: pipeline.stages.map((stage) => stage.name).join(' → ') },
      ...windowFacts(stages, now),
      ...parameterFacts(run, pipeline),
    ],
  };
}

function planOf(wanted: Run, resolved: Resolved, { command, now }: { command: Command; now: number }): PlanCard {
  const { application, pipeline, environment, locations } = wanted;
  const { image, places, run, reason } = resolved;
  const version = image === undefined ? '' : ` ${imageVersion(image)}`;
  const stages = resolvePipeline(application, environment, {
    image: image ?? application.image,
    pipeline,
    locations,
    parameters: run.parameters,
  });
  const draft = draftExecution({
    kind: 'pipeline',
    writtenAs: 'yaml',
    name: `Run ${pipeline.name} of ${application.name}${version} in ${environment.name}`,
    application,
    environment,
    locations: places.map(({ location }) => location),
    stages,
    pipeline: pipeline.name,
    run,
    command,
    ...(places.length === 0 ? {} : { fromVersion: runningVersion(places) }),
    ...(image === undefined ? {} : { image, toVersion: imageVersion(image) }),
    reason,
  });
  const facts = { ...factsOf(places), ...parameterHashFacts(run) };
  return { draft, facts, view: viewOf(wanted, resolved, stages, now), confirmLabel: 'Run' };
}

/** What stands where it will run. */
const placesFor = ({ application, environment, locations }: Run, world: VerbWorld): Promise<readonly LivePlace[]> =>
  readPlaces(world.serverGroups, locations, clusterOf(application, environment));

async function answer(words: Words, command: Command, world: VerbWorld): Promise<VerbAnswer> {
  const wanted = readRun(world, words);
  const { application, pipeline, environment, version } = wanted;
  const name = `${application.name} ${environment.name}`;
  const stranger = await refuseStranger(world, command, environment, name);
  if (stranger !== undefined) return { type: 'reply', view: stranger };
  const stages = pipeline.stages;
  if (version === undefined && stages.some(deploysImage)) {
    const again = (chosen: string) => askAgain(wanted, words.words[4] ?? environment.name, chosen);
    return { type: 'reply', view: await offerVersions(wanted, world, { again, usage }) };
  }
  const image = version === undefined ? undefined : imageOf(application.image, version);
  const planned = planOptions(application, pipeline, words, ['reason']);
  if (planned.run === undefined) return { type: 'reply', view: refusedView(planned, pipeline, words) };
  const { run } = planned;
  const reason = words.options.get('reason');
  const reach = await reachOf(wanted, command, world);
  if ('refusal' in reach) return { type: 'reply', view: reach.refusal };
  const places = touchesCluster(pipeline) ? await placesFor(wanted, world) : [];
  const asked = { command, now: world.clock.now() };
  const plan = planOf(wanted, { image, places, run, reason, reach: reach.lines }, asked);
  return { type: 'plan', plan, confirm: environment.confirm || reach.confirm };
}

/** Runs a pipeline of an application's file by its name. */
export const run: Subverb = {
  name: 'run',
  usage: 'APPLICATION PIPELINE [ENVIRONMENT[/REGION]] [VERSION] [key=value …]',
  options: ['reason'],
  takesParameters: true,
  run: answer,
};
