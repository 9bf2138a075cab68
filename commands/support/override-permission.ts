import { openLockOf } from '../../src/engine/deployment-lock';
import { openDenialOf } from '../../src/engine/guard-override';
import { foreignWaitOf } from '../../src/engine/foreign-window';
import { stageById } from '../../src/engine/graph';
import type { Application, Definitions, Environment } from '../../src/model/application';
import { clusterOf } from '../../src/model/cluster-of';
import type { Execution, Policy } from '../../src/model/execution';
import type { People } from '../../src/policy/people';
import { may, type Asked, type Permission } from '../../src/policy/permissions';

type Held = { readonly where: string; readonly policy: Policy };

const placeOf = (application: Pick<Application, 'name'>, { name }: Pick<Environment, 'name'>): string =>
  `${application.name} ${name}`;

/** The environments of which something is true, as today's files have them. */
const environmentsWhere = (
  { applications }: Definitions,
  isWanted: (application: Application, environment: Environment) => boolean,
): readonly Held[] =>
  [...applications.values()].flatMap((application) =>
    [...application.environments.values()]
      .filter((environment) => isWanted(application, environment))
      .map((environment) => ({ where: placeOf(application, environment), policy: environment.policy })),
  );

/** The environment whose window a stage of an execution waits for: its own, or another whose cluster the stage names. */
export function windowOwner(definitions: Definitions, execution: Execution, stageId: string): Held {
  const { application, definition } = execution;
  const own = { where: `${application} ${definition.environment}`, policy: definition.policy };
  const stage = stageById(execution, stageId);
  const place = stage === undefined ? undefined : foreignWaitOf(execution, stage)?.hold.place;
  return environmentsWhere(definitions, (...of) => placeOf(...of) === place)[0] ?? own;
}

/** The environments by whose policies a stage of an execution is judged: its own, that whose cluster is guarded or whose window holds it, and those whose clusters a deployment changes that would be broken off. */
export function heldBy(definitions: Definitions, execution: Execution, stageId: string): readonly Held[] {
  const { application, definition } = execution;
  const own = { where: `${application} ${definition.environment}`, policy: definition.policy };
  const stage = stageById(execution, stageId);
  const clusters =
    stage === undefined ? [] : [openDenialOf(stage)?.cluster ?? [], openLockOf(stage)?.clusters ?? []].flat();
  const changed = environmentsWhere(definitions, (...of) => clusters.includes(clusterOf(...of)));
  const others = [...changed, windowOwner(definitions, execution, stageId)];
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
