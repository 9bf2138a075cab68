import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../engine/clock';
import { followCaFile } from '../http-client/follow-ca-file';
import type { Definitions, JenkinsMaster } from '../model/application';
import { CoxswainError } from '../model/errors';
import { createJenkinsClient, type JenkinsClient } from './jenkins-client';

/** A job that scripts run through. */
export type ScriptJob = { readonly master: string; readonly job: string };

/** The Jenkins masters that accounts.yaml names. */
export interface JenkinsMasters {
  /** Whether any is named. */
  isConfigured(): boolean;
  /** Throws NOT_FOUND, naming those that are known. */
  find(master: string): JenkinsClient;
  /**
   * The job that scripts run through where a stage names none: `scriptJob` of the given master, or of the first that has one.
   * Throws NOT_FOUND.
   */
  scriptJob(master: string | undefined): ScriptJob;
}

const userAgent = 'coxswain';

function unknownMaster(master: string, names: readonly string[]): CoxswainError {
  const known = names.length === 0 ? 'No Jenkins is configured' : `Known: ${names.join(', ')}`;
  return new CoxswainError('NOT_FOUND', {
    message: `Jenkins '${master}' is not configured. ${known}. Add it to accounts.yaml under 'jenkins'.`,
    fields: { master },
  });
}

function findScriptJob(masters: ReadonlyMap<string, JenkinsMaster>, wanted: string | undefined): ScriptJob {
  const names = [...masters.keys()];
  if (wanted !== undefined && !masters.has(wanted)) throw unknownMaster(wanted, names);
  const chosen = [...masters.values()].filter(({ name }) => wanted === undefined || name === wanted);
  const found = chosen.find(({ scriptJob }) => scriptJob !== undefined);
  if (found?.scriptJob !== undefined) return { master: found.name, job: found.scriptJob };
  const why =
    names.length === 0
      ? 'no Jenkins is configured, which scripts run through'
      : `no job is named that it could run through (scriptJob of ${wanted ?? names.join(', ')})`;
  throw new CoxswainError('NOT_FOUND', {
    message: `Cannot run the script: ${why}. Add it to accounts.yaml under 'jenkins', or run a Metronome job with a runJob stage.`,
  });
}

/**
 * Clients of the masters that the definitions name now; one is made anew when its entry changed, and keeps its crumb else.
 * `connect` makes one, over HTTP where it is left out.
 */
export function createJenkinsMasters(
  definitions: () => Pick<Definitions, 'jenkins'>,
  clock: Clock,
  connect: (master: JenkinsMaster) => JenkinsClient = ({ url, caFile, auth }) =>
    createJenkinsClient(
      followCaFile({ baseUrl: url, userAgent, clock, ...(caFile === undefined ? {} : { caFile }) }),
      auth,
    ),
): JenkinsMasters {
  const made = new Map<string, { readonly master: JenkinsMaster; readonly client: JenkinsClient }>();
  const current = () => definitions().jenkins ?? new Map<string, JenkinsMaster>();
  return {
    isConfigured: () => current().size > 0,
    find: (name) => {
      const master = current().get(name);
      if (master === undefined) throw unknownMaster(name, [...current().keys()]);
      const known = made.get(name);
      if (known !== undefined && isDeepStrictEqual(known.master, master)) return known.client;
      const client = connect(master);
      made.set(name, { master, client });
      return client;
    },
    scriptJob: (master) => findScriptJob(current(), master),
  };
}
