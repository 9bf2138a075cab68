import { judgmentRoles } from './engine/approvals';
import { personKind } from './engine/document-kinds';
import { stageById } from './engine/graph';
import type { DocumentStore } from './engine/ports/document-store';
import { requestersOf } from './engine/requesters';
import type { TellingParts } from './engine/tell-judges';
import { principalOf } from './model/principal';
import { readPeople } from './policy/people';
import { may } from './policy/permissions';
import type { UserSettingsStore } from './store/user-settings';

/** What finding judges takes. */
export type JudgesParts = {
  readonly store: DocumentStore;
  readonly teamId: string;
  readonly settings: UserSettingsStore;
};

/** How many people get one judgment by themselves at most: the chat takes about one message a second. */
const mostJudgesTold = 200;

/** As many of those as get it by themselves, and how many are left out. */
const firstOf = (users: readonly string[]) => ({
  users: users.slice(0, mostJudgesTold),
  others: Math.max(0, users.length - mostJudgesTold),
});

/** The accounts that are known under the addresses among some names. */
async function usersByEmail({ store }: JudgesParts, names: readonly string[]): Promise<readonly string[]> {
  const emails = names
    .map(principalOf)
    .flatMap((principal) => (principal !== undefined && 'email' in principal ? [principal.email] : []));
  const found = await Promise.all(
    emails.map((value) => store.list(personKind, { index: { name: 'email', value }, limit: 5 })),
  );
  return found.flat().map(({ document }) => document.user);
}

/**
 * Who is told of a judgment by themselves: those who may decide, as the groups were last read, and of them all or those who have
 * asked for it (`judgments=direct`). Nobody where anyone may decide, and 200 people at most.
 */
export function createJudges(parts: JudgesParts): TellingParts['judges'] {
  const { store, teamId, settings } = parts;
  return async (execution, stageId, whom) => {
    const { policy, authors, environment } = execution.definition;
    const roles = judgmentRoles(stageById(execution, stageId)?.context ?? {});
    const names = policy.approvers.groups.length === 0 ? roles : policy.approvers.groups;
    const requesters = await requestersOf(store, execution);
    const where = `${execution.application} ${environment}`;
    const known = await usersByEmail(parts, [...names, ...roles]);
    const members = (await readPeople(store, teamId, known)).members(names);
    // Read again with everybody concerned, so that bots and second accounts of who asked are known for what they are.
    const people = await readPeople(store, teamId, [...known, ...members, ...requesters, ...(authors ?? [])]);
    const able = members.filter(
      (user) => may('approve', policy, people, { user, requesters, authors, roles, where }).allowed,
    );
    if (whom === 'everybody') return firstOf(able);
    const wishes = await Promise.all(able.map((userId) => settings.get({ teamId, userId })));
    return firstOf(able.filter((_user, index) => wishes[index]?.judgments === 'direct'));
  };
}
