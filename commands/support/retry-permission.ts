import { reachedEnvironments } from '../../src/definitions/reached-environments';
import type { Execution } from '../../src/model/execution';
import { joinTexts } from '../../src/model/text';
import { mayDeploy, type Permission } from '../../src/policy/permissions';
import type { VerbWorld } from './verb';

/**
 * Whether a person may let an execution go on that is over: today's policies decide, those of its own environment and of all
 * that its stages reach. Where the files no longer have its environment, the policy that it carries does.
 */
export async function retryPermission(
  world: Pick<VerbWorld, 'definitions' | 'people'>,
  { application: name, definition, stages, pipelineConfigId }: Execution,
  user: string,
): Promise<Permission> {
  const definitions = world.definitions();
  const people = await world.people([user]);
  const own = definitions.applications.get(name)?.environments.get(definition.environment);
  const permission = mayDeploy(own?.policy ?? definition.policy, people, user, `${name} ${definition.environment}`);
  if (!permission.allowed) return permission;
  const owner = definitions.applications.get(pipelineConfigId?.split('/')[0] ?? name);
  const from = { application: { name }, environment: { name: definition.environment }, stages, owner };
  for (const { application, environment, why } of reachedEnvironments(definitions, from)) {
    const there = mayDeploy(environment.policy, people, user, `${application.name} ${environment.name}`);
    if (!there.allowed) return { ...there, reason: joinTexts([there.reason, ` S${why.slice(1)}.`]) };
  }
  return permission;
}
