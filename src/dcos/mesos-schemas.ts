import { z } from 'zod';
import { listOf, text } from './tolerant-schema';

const statusSchema = z.object({
  state: text,
  message: text,
  reason: text,
  timestamp: z
    .number()
    .nullish()
    .transform((seconds) => (seconds ?? 0) * 1000),
});

const taskSchema = z
  .object({
    id: z.string(),
    name: text,
    framework_id: text,
    executor_id: text,
    slave_id: text,
    state: text,
    statuses: listOf(statusSchema),
    labels: listOf(z.object({ key: z.string(), value: text })),
  })
  .transform(({ framework_id: frameworkId, executor_id: executor, slave_id: agentId, labels, ...task }) => ({
    ...task,
    frameworkId,
    // Empty for a command task, whose executor is called like the task.
    executorId: executor === '' ? task.id : executor,
    agentId,
    labels: Object.fromEntries(labels.map(({ key, value }): [string, string] => [key, value])),
  }));

const frameworkSchema = z
  .object({
    id: z.string(),
    name: text,
    tasks: listOf(taskSchema),
    unreachable_tasks: listOf(taskSchema),
    completed_tasks: listOf(taskSchema),
  })
  .transform(({ id, name, tasks, unreachable_tasks: unreachable, completed_tasks: completed }) => ({
    id,
    name,
    tasks: [...tasks, ...unreachable, ...completed],
  }));

/** `GET /mesos/master/state`. */
export const mesosStateSchema = z
  .object({
    slaves: listOf(z.object({ id: z.string(), hostname: text, pid: text })),
    frameworks: listOf(frameworkSchema),
    completed_frameworks: listOf(frameworkSchema),
  })
  .transform(({ slaves, frameworks, completed_frameworks: completed }) => ({
    agents: slaves,
    frameworks: [...frameworks, ...completed],
  }));

/** `GET /mesos/master/tasks`. */
export const mesosTasksSchema = z.object({ tasks: listOf(taskSchema) });

const executorSchema = z.object({ id: z.string(), directory: text });
const agentFrameworkSchema = z
  .object({ id: z.string(), executors: listOf(executorSchema), completed_executors: listOf(executorSchema) })
  .transform(({ id, executors, completed_executors: completed }) => ({ id, executors: [...executors, ...completed] }));

/** An agent's own state, `GET /agent/{id}/slave(1)/state`: where its executors keep their files. */
export const agentStateSchema = z
  .object({ frameworks: listOf(agentFrameworkSchema), completed_frameworks: listOf(agentFrameworkSchema) })
  .transform(({ frameworks, completed_frameworks: completed }) => [...frameworks, ...completed]);

/** A task of Mesos, also one that has ended; `statuses` from the first to the last, times in milliseconds. */
export type MesosTask = z.output<typeof taskSchema>;
/** What the leading master knows: its agents and frameworks, with all their tasks, completed ones too. */
export type MesosState = z.output<typeof mesosStateSchema>;
