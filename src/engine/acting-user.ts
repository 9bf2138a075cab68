import type { Execution, Stage } from '../model/execution';
import { ancestorsOf } from './graph';

type Acting = Pick<Execution, 'authentication' | 'trigger'>;

const isPropagating = ({ type, status, context }: Stage): boolean =>
  type === 'manualJudgment' &&
  status === 'SUCCEEDED' &&
  context.propagateAuthenticationContext === true &&
  context.judgmentStatus === 'continue';

/**
 * Whoever approved the nearest judgment upstream of a stage that hands their authentication on (semantics §11); undefined where
 * none does.
 */
export function judgeActingFor(execution: Execution, stage: Stage): string | undefined {
  const judged = ancestorsOf(execution, stage).find(isPropagating)?.context.judgedBy;
  return typeof judged === 'string' ? judged : undefined;
}

/** The Slack user id of whoever an execution runs for now: who retried it last, or else who asked for it. */
export const actingUser = ({ authentication, trigger }: Acting): string => authentication?.user ?? trigger.user;

/** Whom a stage runs for: who approved a judgment upstream of it that says so, or else whom its execution runs for. */
export const actingUserOf = (execution: Execution, stage: Stage | undefined): string =>
  (stage === undefined ? undefined : judgeActingFor(execution, stage)) ?? actingUser(execution);

/** How a refusal names them: `@UANN, who asked for 'Deploy foo 2.0 to prod',`. */
export function actingUserText(execution: Execution, stage: Stage | undefined): string {
  const { authentication, name } = execution;
  const started = authentication === undefined ? 'asked for' : 'retried';
  const isJudged = stage !== undefined && judgeActingFor(execution, stage) !== undefined;
  const did = isJudged ? 'approved a judgment of' : started;
  return `@${actingUserOf(execution, stage)}, who ${did} '${name}',`;
}
