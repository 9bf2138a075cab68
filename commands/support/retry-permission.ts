import { reachedEnvironments } from '../../src/definitions/reached-environments';
import type { Execution, Policy } from '../../src/model/execution';
import { joinTexts } from '../../src/model/text';
import type { People } from '../../src/policy/people';
import { may, mayDeploy, type Permission } from '../../src/policy/permissions';
import type { VerbWorld } from './verb';

/** Who reads that rolling back goes on, and may, is told how: one that is over is asked for anew then, not retried. */
function withWayBack(
  permission: Permission,
  { definition: { kind } }: Pick<Execution, 'definition'>,
  { policy, people, user, where }: { policy: Policy; people: People; user: string; where: string },
): Permission {
  if (permission.allowed || kind !== 'rollback' || !people.isStale) return permission;
  if (!may('halt', policy, people, { user, where }).allowed) return permission;
  return { ...permission, reason: joinTexts([permission.reason, ` Type /rollback ${where} again.`]) };
}

/**
 * Whether a person may let an execution go on that is over: today's policies decide, those of its own environment and of all
 * that its stages reach. Where the files no longer have its environment, the policy that it carries does.
 */
export async function retryPermission(
  world: Pick<VerbWorld, 'definitions' | 'people'>,
  execution: Execution,
  user: string,
): Promise<Permission> {
  const { application: name, definition, stages, pipelineConfigId } = execution;
  const definitions = world.definitions();
  const people = await world.people([user]);
  const own = definitions.applications.get(name)?.environments.get(definition.environment);
  const policy = own?.policy ?? definition.policy;
  const where = `${name} ${definition.environment}`;
  const permission = mayDeploy(policy, people, user, where);
  if (!permission.allowed) return withWayBack(permission, execution, { policy, people, user, where });
  const owner = definitions.applications.get(pipelineConfigId?.split('/')[0] ?? name);
  const from = { application: { name }, environment: { name: definition.environment }, stages, owner };
  for (const { application, environment, why } of reachedEnvironments(definitions, from)) {
    const there = mayDeploy(environment.policy, people, user, `${application.name} ${environment.name}`);
    if (!there.allowed) return { ...there, reason: joinTexts([there.reason, ` S${why.slice(1)}.`]) };
  }
  return permission;
}
