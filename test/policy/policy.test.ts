import { peopleKind } from '../../src/engine/document-kinds';
import type { Policy } from '../../src/model/execution';
import { plainText } from '../../src/model/text';
import { readPeople, type People } from '../../src/policy/people';
import { may, mayDeploy } from '../../src/policy/permissions';
import { createMemoryStore } from '../support/memory-store';

const policy = (over: Partial<Policy> = {}): Policy => ({
  deployers: [],
  approvers: { groups: [], anyone: true, count: 1, excludeRequester: false },
  ...over,
});

async function people(groups?: Readonly<Record<string, readonly string[]>>) {
  const store = createMemoryStore(() => 0);
  if (groups !== undefined) await store.create(peopleKind, 'T1', { schema: 1, teamId: 'T1', readAt: 0, groups });
  return readPeople(store, 'T1');
}

const mayJudge = (policy: Policy, known: People, user: string, requester: string) =>
  may('approve', policy, known, { user, requesters: [requester], where: 'this' });
const mayStartNow = (
  policy: Policy,
  known: People,
  user: string,
  { requester, where }: { readonly requester: string; readonly where: string },
) => may('startNow', policy, known, { user, requesters: [requester], where });

describe('mayDeploy', () => {
  it.each([
    ['anyone where no group is named', [], 'UEVE', true],
    ['a member of one of the groups', ['crew', 'ops'], 'UANN', true],
    ['a stranger', ['crew'], 'UEVE', false],
    ['anyone, while the group is unknown', ['nosuch'], 'UANN', false],
  ])('%s', async (_title, deployers, user, allowed) => {
    const known = await people({ crew: ['UANN'], ops: [] });
    expect(mayDeploy(policy({ deployers }), known, user, 'foo prod').allowed).toBe(allowed);
  });

  it('lets nobody in before the groups were read, and says why', async () => {
    const answer = mayDeploy(policy({ deployers: ['crew'] }), await people(), 'UANN', 'foo prod');
    expect(answer.allowed ? '' : plainText(answer.reason)).toBe(
      'You may not change foo prod: only @crew may. Ask one of them. I cannot see who is in @crew just now, so nobody counts.',
    );
  });

  it('takes no property of objects for a group', async () =>
    expect((await people({ crew: [] })).isInAny('UANN', ['constructor', '__proto__'])).toBe(false));
});

describe('deciding a judgment', () => {
  it.each([
    ['nobody where the list is empty, as in a definition stored before that was refused', [], false, 'UEVE', false],
    ['a manager', ['managers'], false, 'UBOB', true],
    ['no stranger', ['managers'], false, 'UEVE', false],
    ['not the requester, even a manager', ['managers'], true, 'UANN', false],
    ['the requester where that is allowed', ['managers'], false, 'UANN', true],
    ['nobody of an unknown group', ['nosuch'], false, 'UBOB', false],
  ])('%s', async (_title, groups, excludeRequester, user, allowed) => {
    const known = await people({ managers: ['UBOB', 'UANN'] });
    const rules = policy({ approvers: { groups, count: 1, excludeRequester } });
    expect(mayJudge(rules, known, user, 'UANN').allowed).toBe(allowed);
  });

  it('lets anyone decide where the file names no approvers, the requester only where that is allowed', async () => {
    const known = await people({});
    const rules = (excludeRequester: boolean) =>
      policy({ approvers: { groups: [], anyone: true, count: 1, excludeRequester } });
    expect(mayJudge(rules(false), known, 'UEVE', 'UANN').allowed).toBe(true);
    expect(mayJudge(rules(true), known, 'UEVE', 'UANN').allowed).toBe(true);
    expect(mayJudge(rules(true), known, 'UANN', 'UANN').allowed).toBe(false);
  });

  it('says that nobody may decide where the list is empty', async () => {
    const rules = policy({ approvers: { groups: [], count: 1, excludeRequester: false } });
    const answer = mayJudge(rules, await people({}), 'UBOB', 'UANN');
    expect(answer.allowed ? '' : plainText(answer.reason)).toContain('the list of approvers is empty');
  });
});

describe('while the chat cannot say who is who', () => {
  const groups = ['managers'];
  const named = policy({
    deployers: ['managers'],
    approvers: { groups, count: 1, excludeRequester: false },
    breakGlass: { groups, reviewWithinMs: 1 },
  });
  const unnamed = policy({ deployers: ['managers'] });

  it.each([
    ['approve', named, false],
    ['override', named, false],
    ['breakGlass', named, false],
    ['startNow', named, false],
    ['approve', unnamed, false],
    ['override', unnamed, false],
    ['startNow', unnamed, false],
    ['deploy', named, true],
  ] as const)('whoever may %s by what was read last (%j) still may: %s', async (action, rules, allowed) => {
    const known = await people({ managers: ['UBOB'] });
    const asked = { user: 'UBOB', requesters: ['UANN'], where: 'foo prod' };
    expect(may(action, rules, known, asked).allowed).toBe(true);
    expect(may(action, rules, { ...known, isStale: true }, asked).allowed).toBe(allowed);
  });
});

describe('starting before a window', () => {
  const approvers = { groups: ['managers'], count: 1, excludeRequester: true };
  it.each([
    ['an approver', 'UBOB', policy({ approvers }), true],
    ['a deployer who is no approver', 'UANN', policy({ approvers, deployers: ['crew'] }), false],
    ['an approver who asked for it', 'UREQ', policy({ approvers }), false],
    [
      'nobody, where the list of approvers is empty',
      'UBOB',
      policy({ approvers: { ...approvers, groups: [] } }),
      false,
    ],
    ['a deployer, where no approvers are named', 'UANN', policy({ deployers: ['crew'] }), true],
    ['a stranger, where no approvers are named', 'UEVE', policy({ deployers: ['crew'] }), false],
  ])('%s', async (_title, user, given, allowed) => {
    const known = await people({ crew: ['UANN'], managers: ['UBOB', 'UREQ'] });
    expect(mayStartNow(given, known, user, { requester: 'UREQ', where: 'foo prod' }).allowed).toBe(allowed);
  });
});
