import { z } from 'zod';

const idsOf = z
  .array(z.object({ app: z.string().optional().catch(undefined) }))
  .transform((actions) => actions.flatMap(({ app }) => (app === undefined ? [] : [app])))
  .catch([]);

const planSchema = z
  .object({ steps: z.array(z.object({ actions: idsOf })).catch([]) })
  .transform(({ steps }) => steps.flatMap(({ actions }) => actions));

const eventSchema = z.object({
  appId: z.string().optional().catch(undefined),
  runSpecId: z.string().optional().catch(undefined),
  appDefinition: z.object({ id: z.string() }).optional().catch(undefined),
  plan: planSchema.optional().catch(undefined),
});

/** The apps that a Marathon event is about, each once; none where it names none or is not JSON (REST API, `/v2/events`). */
export function appIdsOfEvent(data: string): readonly string[] {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return [];
  }
  const parsed = eventSchema.safeParse(value);
  if (!parsed.success) return [];
  const { appId, runSpecId, appDefinition, plan } = parsed.data;
  const named = [appId, runSpecId, appDefinition?.id].filter((id) => id !== undefined);
  return [...new Set([...named, ...(plan ?? [])])];
}
