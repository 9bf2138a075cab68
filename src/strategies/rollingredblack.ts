import { locationName } from '../model/server-group';
import type { StagePlan } from '../engine/contracts/stage';
import { percentagesOf, stepSizes, type StepSizes } from './step-sizes';
import type { Deployment, Strategy } from './strategy';
import { clearSurplus, disableOld, growNew, leastServing, waitPlan, waitText } from './take-over';
import type { Change } from './undo';
import { judgmentPlan, validationPlan } from './verdicts';

type Source = NonNullable<Change['source']>;
type Rolling = { readonly change: Change; readonly source: Source; readonly deployment: Deployment };

/** `3 of 6 new, 3 of 6 old`. */
const sizesText = ({ fresh, old }: StepSizes, full: number, before: number): string =>
  `${fresh} of ${full} new, ${old} of ${before} old`;

const stepsOf = ({ targetPercentages, desiredCapacity }: Deployment, old: number): readonly StepSizes[] =>
  percentagesOf(targetPercentages).map((percentage) => stepSizes(percentage, desiredCapacity, old));

/** What must pass before a step takes from the old group: time, a pipeline, a person. */
function verdicts({ change, source, deployment }: Rolling, step: StepSizes): readonly StagePlan[] {
  const { pipelineBeforeCleanup, judgmentBeforeCleanup, delayBeforeDisableSec, desiredCapacity } = deployment;
  const facts = {
    deployedServerGroup: change.created,
    sourceServerGroup: source.serverGroupName,
    percentageComplete: step.percentage,
  };
  const at = `at ${step.percentage} % in ${locationName(change.location)}`;
  const next = sizesText(step, desiredCapacity, source.desired);
  return [
    ...waitPlan('Wait Before Disable', delayBeforeDisableSec),
    ...(pipelineBeforeCleanup === undefined
      ? []
      : [validationPlan(`Validate ${change.created} ${at}`, pipelineBeforeCleanup, facts)]),
    ...(judgmentBeforeCleanup === true
      ? [judgmentPlan(`Go on ${at}?`, `${change.created} is up. Approve to go on to ${next}.`)]
      : []),
  ];
}

function shrinkOld({ change, source, deployment }: Rolling, step: StepSizes, from: number): readonly StagePlan[] {
  if (step.percentage === 100) return [disableOld(change, deployment)];
  if (step.old === from) return [];
  const { location, cluster } = change;
  const { serverGroupName, desired } = source;
  const sizes = sizesText(step, deployment.desiredCapacity, desired);
  return [
    {
      type: 'resizeServerGroup',
      name: `Shrink ${serverGroupName} in ${locationName(location)}: ${sizes}`,
      context: {
        location,
        cluster,
        serverGroupName,
        action: 'scale_exact',
        capacity: { desired: step.old },
        ...leastServing(change, deployment),
      },
    },
  ];
}

function rollingSteps(rolling: Rolling): readonly StagePlan[] {
  const { change, source, deployment } = rolling;
  const full = deployment.desiredCapacity;
  const steps = stepsOf(deployment, source.desired);
  return steps.flatMap((step, index) => {
    const before = steps[index - 1] ?? { fresh: steps[0]?.fresh ?? full, old: source.desired };
    const grow = step.fresh === before.fresh ? [] : [growNew(change, step.fresh, deployment)];
    return [...grow, ...verdicts(rolling, step), ...shrinkOld(rolling, step, before.old)];
  });
}

/**
 * The new group grows as the old shrinks, in steps of the same share of both (semantics §5, decisions 3): from M old to N new
 * instances, at p % ⌈p·N/100⌉ new are up before the old goes down to M − ⌈p·M/100⌉. It never takes out more than leaves
 * min(N, M) serving, or min(N, what served when it began) where fewer did. Where nothing serves yet the new group is created
 * at its whole size, and no step follows.
 */
export const rollingredblack: Strategy = {
  name: 'rollingredblack',
  summary: (deployment, old = deployment.desiredCapacity) => {
    const sizes = stepsOf(deployment, old).map((step) => sizesText(step, deployment.desiredCapacity, old));
    const { delayBeforeDisableSec, pipelineBeforeCleanup, judgmentBeforeCleanup } = deployment;
    const asked = [
      ...(pipelineBeforeCleanup === undefined ? [] : ['a pipeline']),
      ...(judgmentBeforeCleanup === true ? ['a person'] : []),
    ].join(' and ');
    const before = `${waitText(delayBeforeDisableSec)}${asked === '' ? '' : `, ${asked}`}`;
    return `rolling red/black: ${sizes.join('; ')}${before === '' ? '' : `; before each step down: ${before.slice(2)}`}`;
  },
  promise:
    'The new server group grows as the old shrinks, in steps of the same share of both, `targetPercentages`: the new one has its size of a step, healthy, before the old gives up its own. As many healthy instances as before serve at every moment, or as many as the new group is to have where that is fewer. With `rollback: { onFailure: true }` a failure of any step brings the old back at full size first. At 100 % it is out of service and kept.',
  firstSize: (deployment) => stepsOf(deployment, 0)[0]?.fresh ?? deployment.desiredCapacity,
  after: (change, deployment) =>
    change.source === undefined
      ? []
      : [
          ...rollingSteps({ change, source: change.source, deployment }),
          ...clearSurplus(change, deployment, deployment.maxRemainingAsgs ?? 0),
        ],
  keepsWayBack: true,
};
