import { z } from 'zod';

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const listOf = <T extends z.ZodType>(schema: T) =>
  z
    .array(schema)
    .nullish()
    .transform((value) => value ?? []);

const definitionSchema = z.object({ name: z.string(), choices: z.array(z.string()).nullish() });

/** What is asked of a job. */
export const jobTree = 'url,buildable,property[parameterDefinitions[name,choices]]';

/** A job; folders and other things have no `buildable`. */
export const jobSchema = z
  .object({
    url: z.string(),
    buildable: z.boolean().optional(),
    property: listOf(z.object({ parameterDefinitions: listOf(definitionSchema) })),
  })
  .transform(({ url, buildable, property }) => ({
    url,
    /** Whether it is a job at all, and not disabled. */
    isJob: buildable !== undefined,
    isBuildable: buildable === true,
    parameters: property
      .flatMap(({ parameterDefinitions }) => parameterDefinitions)
      .map(({ name, choices }) => ({ name, choices: choices ?? undefined })),
  }));

const actionSchema = z.object({
  causes: listOf(z.object({ userId: text })),
  parameters: listOf(z.object({ name: z.string(), value: z.unknown().optional() })),
  lastBuiltRevision: z.object({ branch: listOf(z.object({ SHA1: text, name: text })) }).nullish(),
  remoteUrls: listOf(z.string()),
});

// Jenkins writes null and {} among the actions.
const actionsSchema = z
  .array(actionSchema.nullable())
  .nullish()
  .transform((actions) => (actions ?? []).flatMap((action) => action ?? []));

type Action = z.output<typeof actionSchema>;

const isPlain = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

const startedWith = (actions: readonly Action[]) => ({
  userIds: actions.flatMap(({ causes }) => causes.map(({ userId }) => userId)),
  parameters: Object.fromEntries(
    actions
      .flatMap((action) => action.parameters)
      // A password stands there without its value.
      .flatMap(({ name, value }) => (isPlain(value) ? [[name, String(value)] as const] : [])),
  ),
});

const startTree = 'actions[causes[userId],parameters[name,value]]';

/** What is asked of the newest builds of a job; Jenkins itself tells of a hundred at most. */
export const recentBuildsTree = `builds[number,queueId,${startTree}]{0,100}`;

/** The newest builds of a job. */
export const recentBuildsSchema = z
  .object({
    builds: listOf(z.object({ number: z.number(), queueId: z.number().nullish(), actions: actionsSchema })),
  })
  .transform(({ builds }) =>
    builds.map(({ number, queueId, actions }) => ({ number, queueId: queueId ?? -1, ...startedWith(actions) })),
  );

/** What is asked of the queue. */
export const queueTree = `items[id,task[url],${startTree}]`;

/** What waits in the queue. */
export const queueSchema = z
  .object({
    items: listOf(z.object({ id: z.number(), task: z.object({ url: text }).nullish(), actions: actionsSchema })),
  })
  .transform(({ items }) =>
    items.map(({ id, task, actions }) => ({ queueId: id, jobUrl: task?.url ?? '', ...startedWith(actions) })),
  );

/** What is asked of a queue item. */
export const queueItemTree = 'id,why,cancelled,executable[number,url]';

/** A queue item: it waits, became a build, or was taken out. */
export const queueItemSchema = z
  .object({
    why: text,
    cancelled: z.boolean().nullish(),
    executable: z.object({ number: z.number().nullish(), url: text }).nullish(),
  })
  .transform(({ why, cancelled, executable }) => {
    const number = executable?.number ?? undefined;
    if (cancelled === true) return { state: 'cancelled' } as const;
    return number === undefined ? ({ state: 'waiting', why } as const) : ({ state: 'started', number } as const);
  });

const artifactSchema = z.object({ displayPath: text, fileName: text, relativePath: z.string() });

/** What is asked of a build's files; a build may have thousands, and what is kept of them is bounded. */
export const artifactsTree = (most?: number): string =>
  `artifacts[displayPath,fileName,relativePath]${most === undefined ? '' : `{0,${most}}`}`;

/** The archived files of a build. */
export const artifactsSchema = z.object({ artifacts: listOf(artifactSchema) }).transform(({ artifacts }) => artifacts);

/** What is asked of a build. */
export const buildTree = `number,url,building,result,fullDisplayName,timestamp,duration,${artifactsTree(100)},actions[lastBuiltRevision[branch[SHA1,name]],remoteUrls]`;

/** `refs/remotes/origin/feature/x` and `origin/feature/x` are branch `feature/x`. */
const branchOf = (name: string): string => {
  const parts = name.replace(/^refs\/remotes\//, '').split('/');
  return parts.length === 1 ? name : parts.slice(1).join('/');
};

const revisionsOf = (actions: readonly Action[]) =>
  actions.flatMap(({ lastBuiltRevision, remoteUrls }) =>
    (lastBuiltRevision?.branch ?? []).map(({ SHA1, name }) => {
      const [remoteUrl] = remoteUrls;
      return { name, sha1: SHA1, branch: branchOf(name), ...(remoteUrl === undefined ? {} : { remoteUrl }) };
    }),
  );

/** One build. */
export const buildSchema = z
  .object({
    number: z.number(),
    url: text,
    building: z.boolean(),
    result: z.string().nullish(),
    fullDisplayName: text,
    timestamp: z.number().nullish(),
    duration: z.number().nullish(),
    artifacts: listOf(artifactSchema),
    actions: actionsSchema,
  })
  .transform(({ result, timestamp, duration, actions, ...build }) => ({
    ...build,
    result: result ?? undefined,
    timestamp: timestamp ?? 0,
    duration: duration ?? 0,
    scm: revisionsOf(actions),
  }));

/** A job: its address, whether it can be built, and the parameters that it declares. */
export type JenkinsJob = z.output<typeof jobSchema>;
/** Where a queue item stands; `why` is Jenkins's reason. */
export type JenkinsQueueItem = z.output<typeof queueItemSchema>;
/** An archived file of a build. */
export type JenkinsArtifact = z.output<typeof artifactSchema>;
/**
 * A build; times are in milliseconds. `result` (SUCCESS, UNSTABLE, FAILURE, ABORTED, NOT_BUILT) is undefined while it is
 * open; `building` may still be true beside a result. The first 100 artifacts.
 */
export type JenkinsBuild = z.output<typeof buildSchema>;
/** How a build that waits, runs or has ended was started; `number` is undefined while it waits. */
export type BuildTrace = {
  readonly queueId: number;
  readonly number: number | undefined;
  readonly userIds: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
};
