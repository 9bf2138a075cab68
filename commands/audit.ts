import { auditKinds, type AuditEntry } from '../src/model/audit';
import type { AuditGrant, Command } from '../src/model/command';
import type { Text } from '../src/model/text';
import type { Choice, View } from '../src/model/view';
import { ownChain } from '../src/policy/audit/chain';
import { readLatest, type Latest, type LatestQuery } from '../src/policy/audit/read-latest';
import type { DayRange } from '../src/policy/audit/read-pages';
import type { People } from '../src/policy/people';
import { may, staleText, type Permission } from '../src/policy/permissions';
import { findApplication } from './support/find-target';
import { nearest, UserMistake } from './support/suggest';
import type { Verb, VerbAnswer, VerbWorld } from './support/verb';
import type { Words } from './support/words';

const usage = '/cox audit [APPLICATION] [from=DATE] [to=DATE] [by=USER] [kind=KIND]';
const pageLength = 20;

/** Who asks, and what is known of them. */
type Reader = { readonly user: string; readonly people: People };

/** Who may read what an application's log holds: whoever may deploy it to any of its environments. */
function mayRead(world: VerbWorld, name: string, { user, people }: Reader): Permission {
  const environments = [...(world.definitions().applications.get(name)?.environments.values() ?? [])];
  const answers = environments.map(({ policy }) => may('readLog', policy, people, { user, where: name }));
  const denied: Permission = { allowed: false, reason: `Nobody may read the log of ${name}: it has no environment.` };
  return answers.find(({ allowed }) => allowed) ?? answers[0] ?? denied;
}

type Readable =
  | {
      readonly chains: readonly string[];
      /** Why some may be missing. */
      readonly note?: string;
    }
  | { readonly denied: Text };

/** All chains that a person may read: of each application that they may deploy, and that of what names none. */
function readableChains(world: VerbWorld, reader: Reader): Readable {
  const names = [...world.definitions().applications.keys()].sort();
  const own = names.filter((name) => mayRead(world, name, reader).allowed);
  const isUnsure = reader.people.isStale && own.length < names.length;
  if (own.length > 0) return { chains: [ownChain, ...own], ...(isUnsure ? { note: unsureText(reader) } : {}) };
  return { denied: isUnsure ? staleText(reader.people) : 'You may read no audit log: you may deploy no application.' };
}

const unsureText = ({ people }: Reader): string => `${staleText(people)} What not everybody may read is missing here.`;

/** The chains that are asked for, or why they may not be read. Throws a UserMistake for an unknown application. */
async function chainsFor(world: VerbWorld, name: string | undefined, user: string): Promise<Readable> {
  const reader = { user, people: await world.people([user]) };
  if (name === undefined || name === ownChain) {
    const all = readableChains(world, reader);
    return name === undefined || 'denied' in all ? all : { chains: [ownChain] };
  }
  findApplication(world.definitions(), name, (word) => `audit ${word}`);
  const permission = mayRead(world, name, reader);
  return permission.allowed ? { chains: [name] } : { denied: permission.reason };
}

function readDay(words: Words, option: 'from' | 'to'): DayRange {
  const text = words.options.get(option);
  if (text === undefined) return {};
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
  if (isDay) return { [option]: text };
  throw new UserMistake(`${option}=${text} is no date. Write it as 2026-01-31; days are those of UTC.`);
}

function readRange(words: Words): DayRange {
  const range = { ...readDay(words, 'from'), ...readDay(words, 'to') };
  if (range.from === undefined || range.to === undefined || range.from <= range.to) return range;
  throw new UserMistake(`There is no day from ${range.from} to ${range.to}.`);
}

function readKind(words: Words): string | undefined {
  const kind = words.options.get('kind');
  if (kind === undefined || auditKinds.some((known) => known === kind)) return kind;
  const meant = nearest(kind, auditKinds);
  const hint = meant === undefined ? `It is one of ${auditKinds.join(', ')}.` : `Did you mean ${meant}?`;
  throw new UserMistake(`There is no kind '${kind}'. ${hint}`);
}

function readBefore(words: Words): Pick<LatestQuery, 'before'> {
  const text = words.options.get('before');
  if (text === undefined) return {};
  const [, day, seq] = /^(\d{4}-\d\d-\d\d)\/(\d{1,9})$/.exec(text) ?? [];
  if (day === undefined || seq === undefined) throw new UserMistake(`before=${text} is no place: DATE/NUMBER.`);
  return { before: { day, seq: Number(seq) } };
}

/** A person as `U123`, `@U123` or as Slack writes a mention. */
const userOf = (text: string | undefined): string | undefined => text?.replace(/^<?@?([^|>]+)(?:\|[^>]*)?>?$/, '$1');

const whoOf = ({ who }: AuditEntry): Text => (/^[UW][A-Z0-9]+$/.test(who) ? [{ person: who }] : who);

function whereFrom({ from }: AuditEntry): string {
  if (from.surface === 'slack') return `Slack ${from.channel}`;
  if (from.surface === 'execution') return `execution ${from.executionId}`;
  return from.surface === 'webhook' ? `webhook ${from.source}` : from.surface;
}

function lineOf(entry: AuditEntry, isMixed: boolean): Text {
  const { at, kind, action, what, why, outcome, chain, day, seq } = entry;
  return [
    { time: at },
    ' · ',
    ...[whoOf(entry)].flat(),
    ` · ${kind} ${action}`,
    ...(outcome === undefined ? [] : [` · ${outcome}`]),
    ` · ${what}`,
    ...(why === undefined ? [] : [` · “${why}”`]),
    ` · from ${whereFrom(entry)} · `,
    { code: `${isMixed ? `${chain} ` : ''}${day}/${seq}` },
  ];
}

function earlierChoice(words: Words, name: string, { day, seq }: Pick<AuditEntry, 'day' | 'seq'>): Choice {
  const kept = ['from', 'to', 'by', 'kind'].flatMap((option) => {
    const value = words.options.get(option);
    return value === undefined ? [] : [`${option}=${value}`];
  });
  const text = ['audit', name, ...kept, `before=${day}/${seq}`].join(' ');
  return { name: 'run', label: 'Earlier', target: { kind: 'run', text } };
}

function queryOf(words: Words): LatestQuery {
  const [by, kind] = [userOf(words.options.get('by')), readKind(words)];
  return {
    ...readRange(words),
    ...readBefore(words),
    limit: pageLength + 1,
    isWanted: (entry) => (by === undefined || entry.who === by) && (kind === undefined || entry.kind === kind),
  };
}

/** Where a next answer goes on: behind what is shown, else behind what was looked through; undefined at the end. */
function goOnBefore({ entries, lookedTo }: Latest): Pick<AuditEntry, 'day' | 'seq'> | undefined {
  return entries.length > pageLength ? entries[pageLength - 1] : lookedTo;
}

function footerOf({ lookedTo }: Latest, isMixed: boolean, hasMore: boolean): string {
  if (!isMixed || !hasMore) return 'All of it: coxswain audit export';
  const name = 'Name an application to see earlier entries.';
  return lookedTo === undefined ? name : `Only the newest entries were looked through. ${name}`;
}

async function show(words: Words, chains: readonly string[], world: VerbWorld): Promise<View> {
  const latest = await readLatest(world.store, chains, queryOf(words));
  const [only = '', ...others] = chains;
  const isMixed = others.length > 0;
  const name = isMixed ? 'all you may read' : only;
  const next = goOnBefore(latest);
  const more = {
    ...(next === undefined || isMixed ? {} : { choices: [earlierChoice(words, only, next)] }),
    footer: footerOf(latest, isMixed, next !== undefined),
  };
  const shown = latest.entries.slice(0, pageLength);
  if (shown.length === 0 && next === undefined)
    return { headline: `Nothing is written down of ${name}.`, tone: 'neutral' };
  if (shown.length === 0)
    return { headline: `Nothing of that is among the newest entries of ${name}.`, tone: 'neutral', ...more };
  return {
    headline: ['Audit log of ', { strong: name }, ', newest first'],
    tone: 'neutral',
    lines: shown.map((entry) => lineOf(entry, isMixed)),
    ...more,
  };
}

/** What is shown, below why some of it may be missing. */
const withNote = (view: View, note: string | undefined): View =>
  note === undefined ? view : { ...view, lines: [note, ...(view.lines ?? [])] };

function grant(words: Words, chains: readonly string[], note: string | undefined): VerbAnswer {
  const audit: AuditGrant = { chains, ...readRange(words) };
  const view: View = {
    headline: ['Ready to be exported: ', { strong: chains.join(', ') }, '.'],
    tone: 'neutral',
    lines: ['On the command line: coxswain audit export [APPLICATION] [--from DATE] [--to DATE] [--format jsonl|csv]'],
  };
  return { type: 'reply', view: withNote(view, note), audit };
}

async function run(words: Words, command: Command, world: VerbWorld): Promise<VerbAnswer> {
  const isExport = words.words[1] === 'export';
  const [name, ...surplus] = words.words.slice(isExport ? 2 : 1);
  if (surplus.length > 0) throw new UserMistake(`I do not understand '${surplus.join(' ')}'. ${usage}.`);
  const readable = await chainsFor(world, name, command.source.user);
  if ('denied' in readable) return { type: 'reply', view: { headline: readable.denied, tone: 'bad', denied: true } };
  const { chains, note } = { note: undefined, ...readable };
  if (isExport) return grant(words, chains, note);
  return { type: 'reply', view: withNote(await show(words, chains, world), note) };
}

/** What was written down: who did what, when, why and from where. */
export const audit: Verb = {
  name: 'audit',
  usage,
  summary: 'who did what, when, why and from where; an application for those who may deploy it',
  examples: ['/cox audit foo', '/cox audit foo from=2026-01-01 kind=refusal'],
  options: ['from', 'to', 'by', 'kind', 'before'],
  run,
};
