import { openLockOf } from '../../src/engine/deployment-lock';
import { openDenialOf } from '../../src/engine/guard-override';
import { stageById } from '../../src/engine/graph';
import type { Definitions } from '../../src/model/application';
import { clusterOf } from '../../src/model/cluster-of';
import type { Execution, Policy } from '../../src/model/execution';
import type { People } from '../../src/policy/people';
import { may, type Asked, type Permission } from '../../src/policy/permissions';

type Held = { readonly where: string; readonly policy: Policy };

/** The environments by whose policies a stage of an execution is judged: its own, that whose cluster is guarded, and those whose clusters a deployment changes that would be broken off. */
export function heldBy({ applications }: Definitions, execution: Execution, stageId: string): readonly Held[] {
  const { application, definition } = execution;
  const own = { where: `${application} ${definition.environment}`, policy: definition.policy };
  const stage = stageById(execution, stageId);
  const clusters =
    stage === undefined ? [] : [openDenialOf(stage)?.cluster ?? [], openLockOf(stage)?.clusters ?? []].flat();
  const others = [...applications.values()].flatMap((other) =>
    [...other.environments.values()]
      .filter((environment) => clusters.includes(clusterOf(other, environment)))
      .map((environment) => ({ where: `${other.name} ${environment.name}`, policy: environment.policy })),
  );
  return [own, ...others.filter(({ where }) => where !== own.where)];
}

/** Whether a person may set aside what holds a stage back: by all policies that it is held by. */
export function mayAll(
  action: 'override' | 'breakGlass' | 'force',
  held: readonly Held[],
  people: People,
  asked: Omit<Asked, 'where'>,
): Permission {
  const permissions = held.map(({ where, policy }) => may(action, policy, people, { ...asked, where }));
  return permissions.find(({ allowed }) => !allowed) ?? { allowed: true };
}
