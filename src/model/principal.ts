import type { TextPart } from './text';

/** Whom a file names: a user group by its handle, a person by e-mail address or by Slack user id. */
export type Principal = { readonly group: string } | { readonly email: string } | { readonly person: string };

const personPattern = /^[UW][A-Z0-9]{2,}$/;
const emailPattern = /^[^@\s<>|&]+@[^@\s<>|&]+$/;
const groupPattern = /^[a-z0-9][a-z0-9._-]*$/;

/** What a name means, as files and stored policies have it; undefined for what can be none of the three. */
export function principalOf(name: string): Principal | undefined {
  if (personPattern.test(name)) return { person: name };
  if (emailPattern.test(name)) return { email: name.toLowerCase() };
  return groupPattern.test(name) ? { group: name } : undefined;
}

const partOf = (name: string): TextPart => {
  const principal = principalOf(name);
  if (principal === undefined) return name;
  return 'email' in principal ? principal.email : principal;
};

/** Names one after the other, as a message shows them: groups and people are mentioned. */
export const principalsText = (names: readonly string[]): readonly TextPart[] =>
  names.flatMap((name, index) => (index === 0 ? [partOf(name)] : [', ', partOf(name)]));

/**
 * One person's address for all their mailboxes: in small letters, without what follows a `+`. Two accounts with the same one
 * are the same human; it decides who is left out, never who is let in.
 */
export function sameMailbox(email: string): string {
  const [name = '', domain = ''] = email.toLowerCase().split('@');
  return `${name.replace(/\+.*$/, '')}@${domain}`;
}
