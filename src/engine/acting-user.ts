import type { Execution } from '../model/execution';

/** The Slack user id of whoever an execution runs for now: who retried it last, or else who asked for it. */
export const actingUser = ({ authentication, trigger }: Pick<Execution, 'authentication' | 'trigger'>): string =>
  authentication?.user ?? trigger.user;
