import { openDenialOf } from '../../src/engine/guard-override';
import { stageById } from '../../src/engine/graph';
import type { Definitions } from '../../src/model/application';
import { clusterOf } from '../../src/model/cluster-of';
import type { Execution, Policy } from '../../src/model/execution';
import type { People } from '../../src/policy/people';
import { may, type Asked, type Permission } from '../../src/policy/permissions';

type Held = { readonly where: string; readonly policy: Policy };

/** The environments by whose policies a stage of an execution is judged: its own, and that whose cluster is guarded. */
export function heldBy({ applications }: Definitions, execution: Execution, stageId: string): readonly Held[] {
  const { application, definition } = execution;
  const own = { where: `${application} ${definition.environment}`, policy: definition.policy };
  const stage = stageById(execution, stageId);
  const cluster = stage === undefined ? undefined : openDenialOf(stage)?.cluster;
  const others = [...applications.values()].flatMap((other) =>
    [...other.environments.values()]
      .filter((environment) => clusterOf(other, environment) === cluster)
      .map((environment) => ({ where: `${other.name} ${environment.name}`, policy: environment.policy })),
  );
  return [own, ...others.filter(({ where }) => where !== own.where)];
}

/** Whether a person may set aside what holds a stage back: by all policies that it is held by. */
export function mayAll(
  action: 'override' | 'breakGlass',
  held: readonly Held[],
  people: People,
  asked: Omit<Asked, 'where'>,
): Permission {
  const permissions = held.map(({ where, policy }) => may(action, policy, people, { ...asked, where }));
  return permissions.find(({ allowed }) => !allowed) ?? { allowed: true };
}
