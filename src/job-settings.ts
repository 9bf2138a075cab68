import { z } from 'zod';
import type { ChaosSettings } from './model/chaos';

/** What a background job is told by whoever starts it. */
export const jobSettings = z.object({
  databaseFile: z.string(),
  inboxFile: z.string(),
  pipelinesFolder: z.string(),
  teamId: z.string(),
  logLevel: z.string(),
  /** How to ask Slack who is who. */
  slack: z.object({ botToken: z.string(), apiUrl: z.string().optional() }).optional(),
  /** Of execution windows that name none. @default 'UTC' */
  timeZone: z.string().optional(),
  expressionUrlHosts: z.array(z.string()).readonly().optional(),
  /** Checked where the environment is read. @default off */
  chaos: z.custom<ChaosSettings>().optional(),
  webhookUrlHosts: z.array(z.string()).readonly().optional(),
});

/** What a background job is told by whoever starts it. */
export type JobSettings = z.infer<typeof jobSettings>;
