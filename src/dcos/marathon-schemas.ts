import { z } from 'zod';

// Marathon before 1.5 answers null for what it does not have; later ones leave it out. Both become undefined.
const optional = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((value) => (value === null ? undefined : value));

const listOf = <T extends z.ZodType>(schema: T) =>
  z
    .array(schema)
    .nullish()
    .transform((value) => value ?? []);

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

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

/** `GET /v2/apps`. */
export const appListSchema = z.object({ apps: listOf(appSchema) });

/** `GET /v2/apps/{id}`. */
export const appSingleSchema = z.object({ app: appSchema });

/** The body of `POST /v2/apps`: the app itself. */
export const createdAppSchema = appSchema;

/** `GET /v2/apps/{id}/versions`. */
export const versionListSchema = z.object({ versions: listOf(z.string()) });

/** `GET /v2/apps/{id}/versions/{version}`: the bare app. */
export const appVersionSchema = appSchema;

/** What every change but a creation answers. */
export const changeSchema = z.object({ deploymentId: z.string(), version: text });

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

/** `GET /v2/queue`; pods wait there too and have no `app`. */
export const queueSchema = z.object({
  queue: listOf(
    z.object({
      app: optional(z.object({ id: z.string() })),
      count: z
        .number()
        .nullish()
        .transform((value) => value ?? 0),
      delay: optional(z.object({ timeLeftSeconds: z.number(), overdue: z.boolean() })),
      processedOffersSummary: optional(
        z.object({
          processedOffersCount: z.number(),
          unusedOffersCount: z.number(),
          rejectSummaryLastOffers: listOf(rejectReasonSchema),
        }),
      ),
    }),
  ),
});

/** `GET /v2/info`. */
export const infoSchema = z.object({
  version: text,
  frameworkId: optional(z.string()),
  leader: optional(z.string()),
});

/** A Mesos task as Marathon tells of it; without `state` before 1.4. */
export type MarathonTask = z.output<typeof taskSchema>;
/** An app as Marathon tells of it: only the fields that are used. */
export type MarathonAppInfo = z.output<typeof appSchema>;
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
