import { CoxswainError } from './errors';

/** The parts of a server group's name (frigga): `app[-stack[-detail]]-vNNN`. */
export type Moniker = {
  readonly app: string;
  readonly stack: string | null;
  readonly detail: string | null;
  /** The name without its `-vNNN`. */
  readonly cluster: string;
  readonly sequence: number | null;
};

const pushPattern = /^([-a-zA-Z0-9._~^]*)-v([0-9]{3,6})$/;
const partsPattern = /^([a-zA-Z0-9._]+)(?:-([a-zA-Z0-9._]*)(?:-([-a-zA-Z0-9._~^]*?))?)?$/;
const blankToNull = (part: string | undefined): string | null => (part === undefined || part === '' ? null : part);

/** Reads a server group's name; undefined where the cluster part has no readable application (semantics §1.1). */
export function parseMoniker(name: string): Moniker | undefined {
  const push = pushPattern.exec(name);
  const cluster = push?.[1] ?? name;
  const parts = partsPattern.exec(cluster);
  if (parts === null) return undefined;
  const [, app = '', stack, detail] = parts;
  const sequence = push === null ? null : Number(push[2]);
  return { app, stack: blankToNull(stack), detail: blankToNull(detail), cluster, sequence };
}

const partNames = { app: 'appName', stack: 'stack', detail: 'detail' } as const;
const partCharacters = { app: /^[a-zA-Z0-9._]+$/, stack: /^[a-zA-Z0-9._]+$/, detail: /^[-a-zA-Z0-9._~^]+$/ } as const;
const allowedCharacters = { app: 'a-zA-Z0-9._', stack: 'a-zA-Z0-9._', detail: 'a-zA-Z0-9._-~^' } as const;

function requireCharacters(part: 'app' | 'stack' | 'detail', value: string | null): void {
  if (value === null || partCharacters[part].test(value)) return;
  throw new CoxswainError('INVALID_NAME', {
    message: `Invalid ${partNames[part]} '${value}', may only contain ${allowedCharacters[part]}.`,
  });
}

/** `app`, `app-stack` or `app-<stack or empty>-detail`. Throws INVALID_NAME for characters a part may not hold. */
export function buildCluster(parts: { app: string; stack?: string | null; detail?: string | null }): string {
  const stack = blankToNull(parts.stack ?? undefined);
  const detail = blankToNull(parts.detail ?? undefined);
  requireCharacters('app', parts.app);
  requireCharacters('stack', stack);
  requireCharacters('detail', detail);
  if (detail !== null) return `${parts.app}-${stack ?? ''}-${detail}`;
  return stack === null ? parts.app : `${parts.app}-${stack}`;
}

/** `cluster-vNNN`, zero-padded to three digits. Throws INVALID_NAME outside 0 to 999. */
export function buildServerGroupName(cluster: string, sequence: number): string {
  if (!Number.isInteger(sequence) || sequence < 0 || sequence > 999) {
    throw new CoxswainError('INVALID_NAME', {
      message: `Sequence ${sequence} of cluster ${cluster} is not in 0 to 999.`,
    });
  }
  return `${cluster}-v${String(sequence).padStart(3, '0')}`;
}

/** A server group's name that is taken: its sequence and when it was created (0 when unknown). */
export type TakenSlot = { readonly sequence: number | null; readonly createdTime: number };

/**
 * The next free sequence: one more than that of the newest *created* group, modulo 1000, past whatever is taken; so the
 * number of a destroyed newest group is used again (semantics §1.2). Throws NO_FREE_NAME when all 1000 are taken.
 */
export function nextSequence(taken: readonly TakenSlot[], cluster: string, region: string): number {
  if (taken.length === 0) return 0;
  const latest = taken.reduce((newest, slot) => (slot.createdTime >= newest.createdTime ? slot : newest));
  const used = new Set(taken.map((slot) => slot.sequence));
  for (let step = 1; step <= 1000; step += 1) {
    const candidate = ((latest.sequence ?? 0) + step) % 1000;
    if (!used.has(candidate)) return candidate;
  }
  throw new CoxswainError('NO_FREE_NAME', {
    message: `All server group names for cluster ${cluster} in ${region} are taken. Destroy old server groups first.`,
  });
}
