import { z } from 'zod';

const clusterChanged = z.object({
  type: z.literal('cluster-changed'),
  dcosCluster: z.string(),
  /** Marathon's id of the app that changed; absent where any may have. */
  appId: z.string().optional(),
});

/** Pollers to executor, through the supervisor: apps of a DC/OS cluster may have changed. A hint; losing it costs 15 s. */
export type ClusterChanged = z.infer<typeof clusterChanged>;

/** The message if it is this one; undefined for any other. */
export const readClusterChanged = (message: unknown): ClusterChanged | undefined =>
  clusterChanged.safeParse(message).data;
