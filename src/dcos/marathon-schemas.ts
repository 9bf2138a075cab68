import { z } from 'zod';
import { readAppList } from './read-app-list';
import { count, listOf, optional, text } from './tolerant-schema';

const labels = z
  .record(z.string(), z.string())
  .nullish()
  .transform((value) => value ?? {});

const healthCheckResult = z.object({
  alive: z
    .boolean()
    .nullish()
    .transform((value) => value ?? false),
});

const taskSchema = z.object({
  id: z.string(),
  state: optional(z.string()),
  host: optional(z.string()),
  startedAt: optional(z.string()),
  version: optional(z.string()),
  healthCheckResults: z
    .array(healthCheckResult.nullable())
    .nullish()
    .transform((results) => (results ?? []).filter((result) => result !== null)),
});

const taskFailureSchema = z.object({
  taskId: text,
  state: text,
  message: text,
  host: text,
  timestamp: text,
  version: text,
});

const appSchema = z.object({
  id: text,
  version: text,
  // Marathon's own default.
  instances: z
    .number()
    .nullish()
    .transform((value) => value ?? 1),
  labels,
  container: optional(z.object({ docker: optional(z.object({ image: optional(z.string()) })) })),
  healthChecks: listOf(z.unknown()),
  tasks: listOf(taskSchema),
  deployments: listOf(z.object({ id: z.string() })),
  versionInfo: optional(z.object({ lastConfigChangeAt: optional(z.string()) })),
  lastTaskFailure: optional(taskFailureSchema),
});

const actionSchema = z
  .object({ action: optional(z.string()), type: optional(z.string()), app: optional(z.string()) })
  .transform(({ action, type, app }) => ({ action: action ?? type ?? '', app }));

// Before 1.0 a step was the bare array of its actions.
const stepSchema = z.union([
  z.array(actionSchema).transform((actions) => ({ actions })),
  z.object({ actions: listOf(actionSchema) }),
]);

const slowAppListSchema = z.object({ apps: listOf(appSchema) });

/** `GET /v2/apps`; the slow way only words what is wrong. */
export const appListSchema = z.unknown().transform((body, context) => {
  const read = readAppList(body);
  if (read !== undefined) return read;
  const parsed = slowAppListSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues)
    context.addIssue({ code: 'custom', message: issue.message, path: issue.path });
  return z.NEVER;
});

/** `GET /v2/apps/{id}`. */
export const appSingleSchema = z.object({ app: appSchema });

const readinessSchema = z.object({
  name: text,
  taskId: text,
  ready: z
    .boolean()
    .nullish()
    .transform((value) => value ?? false),
  lastResponse: optional(z.object({ status: optional(z.number()), body: text })),
});

const checkedResult = healthCheckResult.extend({ consecutiveFailures: count, lastFailureCause: text });

/** The same with what its checks found; readiness checks only where they were asked for, and while it is deployed. */
export const inspectedAppSchema = z.object({
  app: appSchema.extend({
    tasks: listOf(
      taskSchema.extend({
        healthCheckResults: listOf(checkedResult.nullable()).transform((results) =>
          results.filter((result) => result !== null),
        ),
      }),
    ),
    readinessCheckResults: listOf(readinessSchema),
  }),
});

/** The body of `POST /v2/apps`: the app itself. */
export const createdAppSchema = appSchema;

/** `GET /v2/apps/{id}/versions`. */
export const versionListSchema = z.object({ versions: listOf(z.string()) });

/** `GET /v2/apps/{id}/versions/{version}`: the bare app. */
export const appVersionSchema = appSchema;

/** The same, with every field as Marathon wrote it. */
export const definitionSchema = z.looseObject({ id: z.string() });

/** What every change but a creation answers. */
export const changeSchema = z.object({ deploymentId: z.string(), version: text });

/** What a cancelled deployment answers: the change that reverts it; nothing in it where it was just stopped. */
export const cancelSchema = z.union([changeSchema, z.object({}).transform(() => undefined)]);

/** What a change of a group answers; old versions name no deployment. */
export const groupChangeSchema = z.object({ deploymentId: optional(z.string()), version: text });

/** `GET /v2/deployments`. */
export const deploymentListSchema = z.array(
  z.object({
    id: z.string(),
    version: text,
    affectedApps: listOf(z.string()),
    steps: listOf(stepSchema),
    currentStep: optional(z.number()),
    totalSteps: optional(z.number()),
  }),
);

const rejectReasonSchema = z.object({ reason: z.string(), declined: z.number(), processed: z.number() });

const unusedOfferSchema = z
  .object({ offer: optional(z.object({ hostname: text, agentId: text })), reason: listOf(z.string()), timestamp: text })
  .transform(({ offer, reason, timestamp }) => ({
    hostname: offer?.hostname ?? '',
    agentId: offer?.agentId ?? '',
    reasons: reason,
    timestamp,
  }));

const portSchema = z.object({ port: count, hostPort: count });

/** What offers are measured by. */
const queuedAppSchema = z.object({
  id: z.string(),
  cpus: count,
  mem: count,
  disk: count,
  gpus: count,
  role: text,
  constraints: listOf(z.array(z.string())),
  portDefinitions: listOf(portSchema),
  container: optional(z.object({ portMappings: listOf(portSchema) })),
});

/** `GET /v2/queue`; pods wait there too and have no `app`. */
export const queueSchema = z.object({
  queue: listOf(
    z.object({
      app: optional(queuedAppSchema),
      count,
      since: text,
      delay: optional(z.object({ timeLeftSeconds: z.number(), overdue: z.boolean() })),
      processedOffersSummary: optional(
        z.object({
          processedOffersCount: count,
          unusedOffersCount: count,
          rejectSummaryLastOffers: listOf(rejectReasonSchema),
          rejectSummaryLaunchAttempt: listOf(rejectReasonSchema),
        }),
      ),
      lastUnusedOffers: listOf(unusedOfferSchema),
    }),
  ),
});

/** `GET /v2/info`. */
export const infoSchema = z.object({
  version: text,
  frameworkId: optional(z.string()),
  leader: optional(z.string()),
});

/** `GET /v2/leader`: host and port. */
export const leaderSchema = z.object({ leader: z.string() });

/** `GET /v2/tasks`, `GET /v2/apps/{id}/tasks`, and what a kill without scaling answers: each task with its app. */
export const taskListSchema = z.object({ tasks: listOf(taskSchema.extend({ appId: text })) });

/** A kill: the tasks as they were, or the change where it scaled. */
export const killSchema = z.union([
  changeSchema.transform(({ deploymentId }) => ({ deploymentId, tasks: [] })),
  taskListSchema.transform(({ tasks }) => ({ deploymentId: undefined, tasks })),
]);

const groupFields = { id: text, version: text, apps: listOf(appSchema) };

/** A group with its apps and the groups inside. */
export type MarathonGroup = {
  readonly id: string;
  readonly version: string;
  readonly apps: readonly MarathonAppInfo[];
  readonly groups: readonly MarathonGroup[];
};

/** `GET /v2/groups[/{id}]`. */
export const groupSchema: z.ZodType<MarathonGroup> = z.lazy(() =>
  z.object({ ...groupFields, groups: listOf(groupSchema) }),
);

/** `PUT /v2/groups/{id}?dryRun=true`: what would be done. */
export const dryRunSchema = z.object({ steps: listOf(stepSchema) });

/** A Mesos task as Marathon tells of it; without `state` before 1.4. */
export type MarathonTask = z.output<typeof taskSchema>;
/** An app as Marathon tells of it: only the fields that are used. */
export type MarathonAppInfo = z.output<typeof appSchema>;
/** An app with the last words of its checks. */
export type MarathonInspectedApp = z.output<typeof inspectedAppSchema>['app'];
/** Why a task of an app last failed. */
export type MarathonTaskFailure = z.output<typeof taskFailureSchema>;
/** A running deployment; one that has ended is not listed. */
export type MarathonDeployment = z.output<typeof deploymentListSchema>[number];
/** An app that waits for offers or for its backoff. */
export type MarathonQueueItem = z.output<typeof queueSchema>['queue'][number];
/** What Marathon says of itself. */
export type MarathonInfo = z.output<typeof infoSchema>;
/** A change that Marathon accepted. */
export type MarathonChange = z.output<typeof changeSchema>;
/** A task that stands alone, with its app. */
export type MarathonListedTask = z.output<typeof taskListSchema>['tasks'][number];
/** What a kill answered: tasks where they are replaced, the deployment's id where their app was scaled. */
export type MarathonKill = z.output<typeof killSchema>;
/** One step of a deployment. */
export type MarathonStep = z.output<typeof stepSchema>;
/** A change of a group that Marathon accepted. */
export type MarathonGroupChange = z.output<typeof groupChangeSchema>;
