import type { Execution } from '../model/execution';

/** The Slack user id of whoever an execution runs for now: who retried it last, or else who asked for it. */
export const actingUser = ({ authentication, trigger }: Pick<Execution, 'authentication' | 'trigger'>): string =>
  authentication?.user ?? trigger.user;

/** How a refusal names them: `@UANN, who asked for 'Deploy foo 2.0 to prod',`. */
export const actingUserText = (execution: Pick<Execution, 'authentication' | 'trigger' | 'name'>): string =>
  `@${actingUser(execution)}, who ${execution.authentication === undefined ? 'asked for' : 'retried'} '${execution.name}',`;
