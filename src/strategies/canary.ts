import type { CanaryStep, VerifyCheck } from '../model/description';
import { locationName } from '../model/server-group';
import type { StagePlan } from '../engine/contracts/stage';
import { durationText } from '../engine/task-timeout';
import type { Deployment, Strategy } from './strategy';
import { growNew, replaceOld, waitText } from './take-over';
import type { Change } from './undo';
import { expressionPlan, judgmentPlan } from './verdicts';

/** How long a canary is watched that nothing else judges, in seconds. */
const usualSec = 600;
const usualStep: CanaryStep = { percentage: 10, durationSec: usualSec };
const allChecks: readonly VerifyCheck[] = ['healthy', 'noRestarts'];
const checkWords: Readonly<Record<VerifyCheck, string>> = { healthy: 'healthy', noRestarts: 'no restarts' };

type SizedStep = CanaryStep & { readonly size: number };

/** Of N instances: as many as the step says, at least one and no more than all, and never fewer than the step before had. */
function stepsOf({ canary, desiredCapacity }: Deployment): readonly SizedStep[] {
  const steps = canary === undefined || canary.length === 0 ? [usualStep] : canary;
  let least = 1;
  return steps.map((step) => {
    const wanted = step.instances ?? Math.ceil(((step.percentage ?? 10) * desiredCapacity) / 100);
    least = Math.min(desiredCapacity, Math.max(least, wanted));
    const isJudged =
      [step.durationSec, step.job, step.expression].some((verdict) => verdict !== undefined) || step.judgment === true;
    return { ...step, size: least, ...(isJudged ? {} : { durationSec: usualSec }) };
  });
}

function verdicts(change: Change, step: SizedStep, full: number): readonly StagePlan[] {
  const { location, created, source } = change;
  const at = `${created} at ${step.size} of ${full} in ${locationName(location)}`;
  const { durationSec, checks = allChecks, toleranceSec, job, expression, judgment } = step;
  const tolerance = toleranceSec === undefined ? {} : { toleranceSec };
  const serverGroups = [{ location, serverGroupName: created }];
  const facts = { canary: { serverGroup: created, region: locationName(location), instances: step.size, of: full } };
  return [
    ...(durationSec === undefined
      ? []
      : [{ type: 'verify', name: `Watch ${at}`, context: { serverGroups, durationSec, checks, ...tolerance } }]),
    ...(job === undefined ? [] : [{ type: 'runJob', name: `Judge ${at} by a job`, context: job }]),
    ...(expression === undefined ? [] : [expressionPlan(`Judge ${at} by an expression`, expression, facts)]),
    ...(judgment === true
      ? [
          judgmentPlan(
            `Is ${at} good?`,
            `Reject, and ${created} goes out of service; ${source?.serverGroupName ?? 'what serves'} serves all the time.`,
          ),
        ]
      : []),
  ];
}

function canarySteps(change: Change, deployment: Deployment): readonly StagePlan[] {
  const full = deployment.desiredCapacity;
  const steps = stepsOf(deployment);
  const tried = steps.flatMap((step, index) => {
    const before = steps[index - 1]?.size ?? step.size;
    const grow = step.size === before ? [] : [growNew(change, step.size, deployment)];
    return [...grow, ...verdicts(change, step, full)];
  });
  return steps.at(-1)?.size === full ? tried : [...tried, growNew(change, full, deployment)];
}

function stepText(
  { size, durationSec, checks = allChecks, job, expression, judgment }: SizedStep,
  full: number,
): string {
  const words = checks.map((check) => checkWords[check]).join(', ');
  const judges = [
    ...(durationSec === undefined ? [] : [`watched for ${durationText(durationSec * 1000)} (${words})`]),
    ...(job === undefined ? [] : ['a job']),
    ...(expression === undefined ? [] : ['an expression']),
    ...(judgment === true ? ['a person'] : []),
  ];
  return `${size} of ${full} new, ${judges.join(', ')}`;
}

/**
 * A few instances of the new group beside the whole of the old, judged step by step; then the same group grows to its whole
 * size and takes over as red/black does (decisions 5). Whatever fails, it goes out of service by itself and is kept for
 * diagnosis. Until the new is whole the old is left alone: it never takes out more than leaves min(N, M) serving, M being
 * what served before. Where nothing serves yet the new group is created at its whole size, and no step follows.
 */
export const canary: Strategy = {
  name: 'canary',
  summary: (deployment, old) => {
    const { desiredCapacity, delayBeforeDisableSec } = deployment;
    const steps = stepsOf(deployment).map((step) => stepText(step, desiredCapacity));
    const gone = `${old === undefined ? '' : `${old} `}out of service and kept`;
    return `canary: ${steps.join('; ')}; then ${desiredCapacity} new${waitText(delayBeforeDisableSec)}, the old ${gone}; goes back by itself`;
  },
  promise:
    'A few instances of the new server group stand beside the whole of the old and are judged step by step; then the same group grows to its whole size and takes over as with `redblack`. The old serves at full size until all instances of the new are healthy. Whatever fails, the old is back at full size without being asked to, and the canary goes out of service, is kept for diagnosis and then destroyed. Where nothing serves yet, no step is taken.',
  firstSize: (deployment) => stepsOf(deployment)[0]?.size ?? deployment.desiredCapacity,
  after: (change, deployment) =>
    change.source === undefined
      ? []
      : [...canarySteps(change, deployment), ...replaceOld(change, deployment, deployment.maxRemainingAsgs ?? 2)],
  keepsWayBack: true,
  goesBackByItself: true,
};
