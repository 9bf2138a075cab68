import { z } from 'zod';
import type { JsonObject } from '../json';

const port = z.int().min(0).max(65_535);
const protocol = z.enum(['HTTP', 'HTTPS', 'TCP', 'TLS']);
const text = z.string().min(1);
const objects = z.array(z.looseObject({}));

/** Edge-LB matches by it against ids, so that it has to be a regular expression. */
const pattern = z.string().refine(isPattern, 'not a regular expression');

const link = z.looseObject({
  defaultBackend: text.optional(),
  map: z
    .array(
      z.looseObject({
        backend: text,
        hostEq: text.optional(),
        hostReg: pattern.optional(),
        pathBeg: text.optional(),
        pathEnd: text.optional(),
        pathReg: pattern.optional(),
      }),
    )
    .optional(),
});

const frontend = z.looseObject({
  name: text.optional(),
  bindAddress: text.optional(),
  bindPort: port.optional(),
  protocol: protocol.optional(),
  certificates: z.array(z.string()).optional(),
  linkBackend: link.optional(),
  miscStrs: z.array(z.string()).optional(),
});

const endpoint = z
  .looseObject({
    type: z.enum(['AUTO_IP', 'AGENT_IP', 'CONTAINER_IP', 'ADDRESS']).optional(),
    port: port.optional(),
    portName: z.string().optional(),
    allPorts: z.boolean().optional(),
    address: text.optional(),
    miscStr: z.string().optional(),
    check: z.looseObject({ enabled: z.boolean().optional(), customStr: z.string().optional() }).optional(),
  })
  .refine((each) => each.type !== 'ADDRESS' || (each.address !== undefined && each.port !== undefined), {
    error: 'an endpoint of the type ADDRESS needs an address and a port',
  });

const service = z.looseObject({
  marathon: z.looseObject({ serviceID: text.optional(), serviceIDPattern: pattern.optional() }).optional(),
  mesos: z.looseObject({}).optional(),
  endpoint: endpoint.optional(),
});

const backend = z.looseObject({
  name: text,
  protocol: protocol.optional(),
  balance: text.optional(),
  services: z.array(service).optional(),
  miscStrs: z.array(z.string()).optional(),
});

const haproxy = z.looseObject({
  stats: z.looseObject({ bindAddress: text.optional(), bindPort: port.optional() }).optional(),
  frontends: z.array(frontend).optional(),
  backends: z.array(backend).optional(),
});

const nameIsRequired = 'name is required';

const pool = z.looseObject({
  name: z.string(nameIsRequired).regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, nameIsRequired),
  apiVersion: z.literal('V2').optional(),
  namespace: text.optional(),
  role: text.optional(),
  count: z.int().min(0).optional(),
  cpus: z.number().min(0).optional(),
  mem: z.number().min(0).optional(),
  disk: z.number().min(0).optional(),
  ports: z.array(port).optional(),
  secrets: objects.optional(),
  virtualNetworks: objects.optional(),
  haproxy: haproxy.optional(),
});

/** What is wrong with the shape of a pool, by the path of the field; undefined when nothing is. Unknown fields are kept. */
export function shapeProblem(body: JsonObject): string | undefined {
  const [issue] = pool.safeParse(body).error?.issues ?? [];
  if (issue === undefined || issue.message === nameIsRequired) return issue?.message;
  return `${issue.path.join('.')}: ${issue.message}`;
}

/** Whether a text is a regular expression. */
export function isPattern(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}
