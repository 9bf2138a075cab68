import { openDenialOf } from '../../src/engine/guard-override';
import { stageById } from '../../src/engine/graph';
import type { Definitions } from '../../src/model/application';
import { clusterOf } from '../../src/model/cluster-of';
import type { Execution, Policy } from '../../src/model/execution';
import { mayBreakGlass, mayOverride } from '../../src/policy/overrides';
import type { Permission } from '../../src/policy/permissions';
import type { VerbWorld } from './verb';

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

/** Slack user ids of who asked for an execution, and of who has it run since. */
export const requestersOf = ({ trigger, authentication }: Execution): readonly string[] => [
  trigger.user,
  ...(authentication === undefined ? [] : [authentication.user]),
];

/** Whether a person may set aside what the guard says to a stage: by all policies that it is held by. */
export async function overridePermission(
  world: Pick<VerbWorld, 'definitions' | 'people'>,
  execution: Execution,
  { stageId, user }: { readonly stageId: string; readonly user: string },
): Promise<Permission> {
  const people = await world.people();
  const requesters = requestersOf(execution);
  const permissions = heldBy(world.definitions(), execution, stageId).map(({ where, policy }) =>
    mayOverride(policy, people, user, { requesters, where }),
  );
  return permissions.find(({ allowed }) => !allowed) ?? { allowed: true };
}

/** Whether a person may set aside alone what holds a stage back: by all policies that it is held by. */
export async function breakGlassPermission(
  world: Pick<VerbWorld, 'definitions' | 'people'>,
  execution: Execution,
  { stageId, user }: { readonly stageId: string; readonly user: string },
): Promise<Permission> {
  const people = await world.people();
  const permissions = heldBy(world.definitions(), execution, stageId).map(({ where, policy }) =>
    mayBreakGlass(policy, people, user, where),
  );
  return permissions.find(({ allowed }) => !allowed) ?? { allowed: true };
}
