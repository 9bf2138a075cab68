import { taskIdOf } from './instances';
import { objectOf, objectsOf } from './json';
import { findMesosTask } from './mesos/mesos-task';
import type { RuntimeTask, TaskPort } from './tasks/task-runtime';
import type { AppSpec, Instance, World } from './world';

/** The present task of an instance, as a runtime has to run it. */
export function runtimeTaskOf(world: World, instance: Instance): RuntimeTask {
  const { spec } = instance;
  const taskId = taskIdOf(instance);
  const container = objectOf(spec.container);
  const { image } = { ...objectOf(container.appc), ...objectOf(container.docker) };
  const { cpus, mem, disk, gpus, labels, version } = spec;
  return {
    key: instance.id,
    taskId,
    framework: 'marathon',
    ownerId: spec.id,
    containerId: findMesosTask(world.mesosTasks, taskId)?.containerId ?? '',
    host: instance.host,
    labels,
    command: commandOf(spec, image !== undefined),
    image: typeof image === 'string' ? image : undefined,
    env: objectOf(spec.env),
    specId: spec.id,
    version,
    resources: { cpus, mem, disk, gpus },
    ports: portsOf(spec),
    hostPorts: instance.ports,
    healthChecks: spec.healthChecks ?? [],
    readinessChecks: spec.readinessChecks ?? [],
    killGraceSeconds: Number(spec.taskKillGracePeriodSeconds ?? 3),
  };
}

/** The ports of an app for which an agent has to have a host port, in order. */
export function portsOf(spec: AppSpec): readonly TaskPort[] {
  const nameOf = (name: unknown) => (typeof name === 'string' ? name : undefined);
  if (spec.portDefinitions !== undefined) {
    return spec.portDefinitions.map(({ port, name }) => {
      return { requested: Number(port), name: nameOf(name), isFixed: spec.requirePorts && Number(port) > 0 };
    });
  }
  return objectsOf(objectOf(spec.container).portMappings)
    .filter(({ hostPort }) => hostPort !== undefined)
    .map(({ containerPort, hostPort, name }) => {
      const isFixed = Number(hostPort) > 0;
      return { requested: isFixed ? Number(hostPort) : Number(containerPort), name: nameOf(name), isFixed };
    });
}

function commandOf({ cmd, args }: AppSpec, hasImage: boolean): RuntimeTask['command'] {
  if (cmd !== undefined) return { shell: cmd };
  // Beside an image, args are what its entry point gets, and that is not known here.
  return args === undefined || hasImage ? undefined : { program: args };
}
