import type { Application, DefinitionProblem, PipelineStage } from '../model/application';
import { splitPipelineName } from './find-pipeline';

type Applications = ReadonlyMap<string, Application>;
/** A pipeline, and what it is run for; `*` is whatever the first was run for. */
type Place = { readonly application: string; readonly pipeline: string; readonly environment: string };
/** A stage that runs another pipeline, by names that are known already. */
type Call = { readonly stage: PipelineStage; readonly from: Place; readonly to: Place };

const idOf = ({ application, pipeline }: Place): string => `${application}/${pipeline}`;
const keyOf = (place: Place): string => `${idOf(place)} ${place.environment}`;

/** A name that is written; undefined where an expression makes it. */
const written = (value: unknown): string | undefined =>
  typeof value === 'string' && !value.includes('${') ? value : undefined;

/** Where a stage leads; undefined where that is known only when it starts, or where its condition may tell environments apart. */
function callOf(stage: PipelineStage, from: Place, applications: Applications): Call | undefined {
  const { application, pipeline, environment, stageEnabled } = stage.context;
  const owner = application === undefined ? from.application : written(application);
  const name = written(pipeline);
  const target = environment === undefined ? from.environment : written(environment);
  if (stage.type !== 'pipeline' || owner === undefined || name === undefined || target === undefined) return undefined;
  if (environment !== undefined && stageEnabled !== undefined) return undefined;
  const [toApplication, toPipeline] = splitPipelineName({ application: owner, pipeline: name }, { applications });
  return { stage, from, to: { application: toApplication, pipeline: toPipeline, environment: target } };
}

function callsOf(place: Place, applications: Applications): readonly Call[] {
  const stages = applications.get(place.application)?.pipelines.get(place.pipeline)?.stages ?? [];
  return stages.flatMap((stage) => callOf(stage, place, applications) ?? []);
}

/** The way from where a call leads back to the call itself, through as few pipelines as can be; undefined where there is none. */
function wayBack(call: Call, applications: Applications): readonly Place[] | undefined {
  const seen = new Set([keyOf(call.to)]);
  let ways: readonly (readonly [...Place[], Place])[] = [[call.to]];
  while (ways.length > 0) {
    const next: (readonly [...Place[], Place])[] = [];
    for (const way of ways) {
      const last = way.at(-1) ?? call.to;
      const calls = callsOf(last, applications);
      if (calls.some(({ stage, to }) => stage === call.stage && keyOf(to) === keyOf(call.to))) return way;
      for (const { to } of calls) {
        if (seen.has(keyOf(to))) continue;
        seen.add(keyOf(to));
        next.push([...way, to]);
      }
    }
    ways = next;
  }
  return undefined;
}

/** Reports every stage that leads, directly or through others, to its own pipeline, as far as the files say where they lead. */
export function findCircles(applications: Applications): readonly DefinitionProblem[] {
  const places = [...applications.values()].flatMap(({ name, file, pipelines }) =>
    [...pipelines.keys()].map((pipeline) => ({ file, place: { application: name, pipeline, environment: '*' } })),
  );
  return places.flatMap(({ file, place }) =>
    callsOf(place, applications).flatMap((call): readonly DefinitionProblem[] => {
      const way = wayBack(call, applications);
      if (way === undefined) return [];
      const { line, column } = call.stage.calls?.[0]?.pipeline ?? { line: 1, column: 1 };
      const names = [place, ...way].map(idOf).join(' → ');
      const message = `Pipeline ${idOf(place)} would run itself: ${names}. Break the circle.`;
      return [{ file, line, column, message }];
    }),
  );
}
