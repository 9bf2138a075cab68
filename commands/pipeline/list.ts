import { outcomeText } from '../support/outcome-text';
import { findApplication } from '../support/find-target';
import { readOfApplication } from '../support/find-execution';
import type { VerbWorld } from '../support/verb';
import type { Subverb } from './subverb';
import type { Application, Environment, Pipeline } from '../../src/model/application';
import type { Execution } from '../../src/model/execution';
import type { Text } from '../../src/model/text';

/** How much of a pipeline's stages stands in a line. */
const mostStages = 8;

function stagesText({ stages }: Pipeline): string {
  const names = stages.slice(0, mostStages).map(({ name }) => name);
  const more = stages.length - names.length;
  return [...names, ...(more > 0 ? [`${more} more`] : [])].join(' → ');
}

const environmentsText = (users: readonly Environment[]): string =>
  users.length === 0 ? 'no environment' : users.map(({ name }) => name).join(', ');

function lineOf(application: Application, pipeline: Pipeline, runs: readonly Execution[], now: number): Text {
  const users = [...application.environments.values()].filter(
    (environment) => environment.pipeline.name === pipeline.name,
  );
  const uses = pipeline.strategy === true ? 'deploys that use this strategy' : environmentsText(users);
  const last = runs.find(({ pipelineConfigId }) => pipelineConfigId === `${application.name}/${pipeline.name}`);
  const run = last === undefined ? 'never run' : `last: ${last.name}, ${outcomeText(last, now)}`;
  return [{ strong: `${application.name} ${pipeline.name}` }, ` ${stagesText(pipeline)} · of ${uses} · ${run}`];
}

async function linesOf(world: VerbWorld, application: Application): Promise<readonly Text[]> {
  const runs = await readOfApplication(world, application.name);
  return [...application.pipelines.values()].map((pipeline) => lineOf(application, pipeline, runs, world.clock.now()));
}

/** All pipelines, or those of one application: their stages, who uses them, and the last run. */
export const list: Subverb = {
  name: 'list',
  usage: '[APPLICATION]',
  options: [],
  run: async ({ words }, _command, world) => {
    const [, , name] = words;
    const { applications } = world.definitions();
    const wanted =
      name === undefined
        ? [...applications.values()]
        : [findApplication(world.definitions(), name, (word) => `pipeline list ${word}`)];
    const lines = (await Promise.all(wanted.map((application) => linesOf(world, application)))).flat();
    const count = lines.length === 1 ? '1 pipeline' : `${lines.length} pipelines`;
    const headline = `${count}. Run one: /cox pipeline run APPLICATION PIPELINE [ENVIRONMENT] [VERSION]`;
    return { type: 'reply', view: { headline, tone: 'neutral', lines } };
  },
};
