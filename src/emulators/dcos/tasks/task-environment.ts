import type { RuntimeTask } from './task-runtime';

/** Marathon leaves out labels longer than this. */
const maxLabelLength = 512;

/** The environment that Marathon and Mesos give a task, below what its definition sets itself. */
export function taskEnvironment(
  task: RuntimeTask,
  hostPorts: readonly number[],
  sandbox: string,
): Readonly<Record<string, string>> {
  const { cpus, mem, disk, gpus } = task.resources;
  const ports = hostPorts.flatMap((port, index) => {
    const { requested = 0, name } = task.ports[index] ?? {};
    const names = [`PORT${index}`, ...(requested > 0 ? [`PORT_${requested}`] : [])];
    if (name !== undefined) names.push(`PORT_${shoutedName(name)}`);
    return names.map((each): [string, string] => [each, `${port}`]);
  });
  const labels = Object.entries(task.labels).filter(([, value]) => value.length <= maxLabelLength);
  const own = Object.entries(task.env).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return {
    HOST: task.host,
    ...(hostPorts.length > 0 ? { PORT: `${hostPorts[0] ?? ''}`, PORTS: hostPorts.join(',') } : {}),
    ...Object.fromEntries(ports),
    MARATHON_APP_ID: task.specId,
    MARATHON_APP_VERSION: task.version,
    ...(task.image === undefined ? {} : { MARATHON_APP_DOCKER_IMAGE: task.image }),
    MARATHON_APP_RESOURCE_CPUS: decimal(cpus),
    MARATHON_APP_RESOURCE_MEM: decimal(mem),
    MARATHON_APP_RESOURCE_DISK: decimal(disk),
    MARATHON_APP_RESOURCE_GPUS: `${gpus}`,
    MARATHON_APP_LABELS: labels.map(([name]) => shoutedName(name)).join(' '),
    ...Object.fromEntries(labels.map(([name, value]) => [`MARATHON_APP_LABEL_${shoutedName(name)}`, value])),
    MESOS_TASK_ID: task.taskId,
    MESOS_SANDBOX: sandbox,
    MESOS_DIRECTORY: sandbox,
    ...Object.fromEntries(own),
  };
}

/** Marathon writes resources as Scala does: always with a fraction. */
function decimal(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : `${value}`;
}

function shoutedName(name: string): string {
  return name.replace(/\W/g, '_').toUpperCase();
}
