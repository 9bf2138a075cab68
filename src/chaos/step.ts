import type { Application, Environment } from '../model/application';
import type { ChaosWorld } from './chaos-world';
import type { Kill, KillOutcome, KillState, Victim } from './documents';

/** A kill in one of its states. */
export type KillIn<Is extends KillState['is']> = Kill & { readonly state: Extract<KillState, { is: Is }> };

/** What a look at a kill came to: another state, the same again after so many milliseconds, or its end as a document. */
export type StepResult =
  | { readonly to: KillState; readonly keep?: Partial<Pick<Kill, 'victim' | 'channel' | 'hasCard'>> }
  | { readonly again: number }
  | { readonly forget: true };

/** Looks at a kill in one state; what it throws is tried again. */
export type Step<Is extends KillState['is']> = (
  world: ChaosWorld,
  kill: KillIn<Is>,
  now: number,
) => Promise<StepResult>;

type End = Partial<Omit<Extract<KillState, { is: 'ended' }>, 'is' | 'at' | 'outcome'>>;

/** The end of a kill. */
export const ended = (outcome: KillOutcome, at: number, more: End = {}): StepResult => ({
  to: { is: 'ended', at, outcome, ...more },
});

/** The end of one that a check spares. */
export const spared = (at: number, reason: string, more: End = {}): StepResult =>
  ended('spared', at, { reason, ...more });

/** The environment of a victim as its file says now; undefined where it is there no more. */
export function environmentOf(
  world: ChaosWorld,
  victim: Victim,
  application: string,
): { readonly application: Application; readonly environment: Environment } | undefined {
  const found = world.definitions().applications.get(application);
  const environment = found?.environments.get(victim.environment);
  return found === undefined || environment === undefined ? undefined : { application: found, environment };
}
