import type { BuildTrace } from './jenkins-schemas';

/** The parameter that carries the key of an effect, where a job declares it. */
export const keyParameter = 'COXSWAIN_KEY';

/** What a build was started with, so that it can be known again. */
export type StartedBuild = {
  readonly key: string;
  /** As they were sent. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Whether the job declares `COXSWAIN_KEY`. */
  readonly carriesKey: boolean;
  /** The newest queue item of the job before it was started. */
  readonly after: number;
  readonly user: string;
};

/** Jenkins trims some texts, and reads flags in any letters. */
const normalize = (value: string): string => {
  const text = value.trim();
  return /^(true|false)$/i.test(text) ? text.toLowerCase() : text;
};

/** Whether a build was given what was sent, as far as it shows: neither what Jenkins dropped nor passwords do. */
const wasGiven = (trace: BuildTrace, parameters: Readonly<Record<string, string>>): boolean =>
  Object.entries(parameters).every(([name, value]) => {
    const shown = trace.parameters[name];
    return shown === undefined || normalize(shown) === normalize(value);
  });

/**
 * The build that an earlier try has started, though its answer was lost; undefined where none did. Where the job declares
 * `COXSWAIN_KEY` it is known by the key. Elsewhere it is the oldest build of the job that our user started, with the
 * parameters that were sent, after the newest one that was known before: two executions that start equal builds of such a
 * job at the same moment may then share one, as Jenkins itself lets them share one that still waits.
 */
export function findOwnBuild(traces: readonly BuildTrace[], started: StartedBuild): BuildTrace | undefined {
  const { key, parameters, carriesKey, after, user } = started;
  if (carriesKey) return traces.find((trace) => trace.parameters[keyParameter] === key);
  return traces
    .filter(({ queueId, userIds }) => queueId > after && userIds.some((id) => id.toLowerCase() === user.toLowerCase()))
    .findLast((trace) => wasGiven(trace, parameters));
}
