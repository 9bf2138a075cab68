import { listAll } from '../src/engine/list-all';
import { reviewMessageId, reviewView } from '../src/engine/break-glass';
import { executionKind, reviewKind } from '../src/engine/document-kinds';
import { threadIdOf } from '../src/engine/drain-execution';
import { putMessage } from '../src/engine/messages';
import { auditFact, type AuditFact } from '../src/model/audit';
import type { Command } from '../src/model/command';
import type { Review } from '../src/model/review';
import type { Text } from '../src/model/text';
import type { Choice, View } from '../src/model/view';
import { mayDeploy, type Permission } from '../src/policy/permissions';
import { originOf } from './support/audit-command';
import { UserMistake } from './support/suggest';
import type { Verb, VerbAnswer, VerbWorld } from './support/verb';
import type { Words } from './support/words';

const usage = '/cox reviews [done ID what you found]';
const listed = 20;

const lineOf = ({ id, application, environment, by, at, reason }: Review): Text => [
  { code: id },
  ` ${application} ${environment}, `,
  { person: by },
  ' ',
  { time: at },
  `: ${reason}`,
];

const isOlder = (one: Review, other: Review): boolean =>
  one.at < other.at || (one.at === other.at && one.id < other.id);

/** All that are open, oldest first. */
async function readOpen({ store }: VerbWorld): Promise<readonly Review[]> {
  const open: Review[] = [];
  for await (const { document } of listAll(store, reviewKind, { name: 'open', value: 'true' })) open.push(document);
  return open.sort((one, other) => (isOlder(one, other) ? -1 : 1));
}

/** Those that come after another, which may be reviewed by now. Throws a UserMistake where there was none. */
async function followers(world: VerbWorld, open: readonly Review[], after: string | undefined) {
  if (after === undefined) return open;
  const last = (await world.store.get(reviewKind, after))?.document;
  if (last === undefined) throw new UserMistake(`There is no review '${after}'.`, ['reviews']);
  return open.filter((review) => isOlder(last, review));
}

const moreChoice = ({ id }: Review): Choice => ({
  name: 'run',
  label: 'More',
  target: { kind: 'run', text: `reviews after=${id}` },
});

async function openReviews(world: VerbWorld, after: string | undefined): Promise<View> {
  const open = await readOpen(world);
  if (open.length === 0) return { headline: 'Nothing waits for a review.', tone: 'good' };
  const following = await followers(world, open, after);
  const shown = following.slice(0, listed);
  const last = following.length > listed ? shown.at(-1) : undefined;
  const order = open.length > listed ? ', oldest first' : '';
  return {
    headline: `${open.length === 1 ? 'One review is' : `${open.length} reviews are`} open${order}.`,
    tone: 'attention',
    lines: shown.map(lineOf),
    ...(last === undefined ? {} : { choices: [moreChoice(last)] }),
    footer: `By somebody else than who broke the glass: ${usage}`,
  };
}

/** Whether a person may close a review: whoever may deploy there by today's files, but not who broke the glass. */
async function mayReview(world: VerbWorld, review: Review, user: string): Promise<Permission> {
  const { application, environment, by, executionId } = review;
  const people = await world.people([user, by]);
  if (people.humanOf(user) === people.humanOf(by))
    return { allowed: false, reason: 'Somebody else reviews it than who broke the glass.' };
  const defined = world.definitions().applications.get(application)?.environments.get(environment)?.policy;
  const policy = defined ?? (await world.store.get(executionKind, executionId))?.document.definition.policy;
  const where = `${application} ${environment}`;
  if (policy === undefined) return { allowed: false, reason: `Nobody can say who may review ${where}.` };
  return mayDeploy(policy, people, user, where);
}

const reviewedFact = (review: Review, { id, source }: Command, note: string, now: number): AuditFact =>
  auditFact({
    id: `${id}/reviewed`,
    at: now,
    kind: 'decision',
    action: 'reviewed',
    who: source.user,
    what: `that ${review.by} broke the glass: ${review.what}`,
    why: note,
    from: originOf(source),
    outcome: 'ACCEPTED',
    application: review.application,
    environment: review.environment,
    executionId: review.executionId,
  });

/** Brings the message that told of it up to date: it loses its button. */
async function showReviewed({ store, clock }: VerbWorld, review: Review): Promise<void> {
  const execution = (await store.get(executionKind, review.executionId))?.document;
  if (execution?.report === undefined) return;
  const target = { kind: 'thread', parentId: threadIdOf(execution), broadcast: true } as const;
  const { teamId } = review;
  const view = reviewView(review, execution.name);
  await putMessage(store, { now: clock.now(), id: reviewMessageId(review), teamId, target, view });
}

async function close(id: string, note: string, command: Command, world: VerbWorld): Promise<View> {
  const found = (await world.store.get(reviewKind, id))?.document;
  if (found === undefined) throw new UserMistake(`There is no review '${id}'.`, ['reviews']);
  const permission = await mayReview(world, found, command.source.user);
  if (!permission.allowed) return { headline: permission.reason, tone: 'bad', denied: true };
  const at = world.clock.now();
  const reviewed = { by: command.source.user, note, at, commandId: command.id };
  const saved = await world.store.update(
    reviewKind,
    id,
    (review) => (review.reviewed === undefined ? { ...review, reviewed } : review),
    { due: () => null },
  );
  const review = saved?.document ?? found;
  if (review.reviewed?.commandId !== command.id)
    return {
      headline: ['Already reviewed by ', { person: review.reviewed?.by ?? '' }, '.'],
      tone: 'attention',
      undone: true,
    };
  await world.record([reviewedFact(review, command, note, at)]);
  await showReviewed(world, review);
  return { headline: ['Reviewed: ', { person: review.by }, ' broke the glass. Thank you.'], tone: 'good' };
}

async function run({ words, options }: Words, command: Command, world: VerbWorld): Promise<VerbAnswer> {
  const [, act, id, ...free] = words;
  if (act === undefined) return { type: 'reply', view: await openReviews(world, options.get('after')) };
  if (act !== 'done' || id === undefined)
    throw new UserMistake(`I do not understand '${words.slice(1).join(' ')}'. ${usage}.`);
  const note = (options.get('reason') ?? free.join(' ')).trim();
  if (note === '') throw new UserMistake(`Say what you found: /cox reviews done ${id} WHAT YOU FOUND.`);
  return { type: 'reply', view: await close(id, note, command, world) };
}

/** What was done alone in an emergency and waits for somebody else to look at it. */
export const reviews: Verb = {
  name: 'reviews',
  usage,
  summary: 'what was done by break glass and waits for a review',
  examples: ['/cox reviews', '/cox reviews done 01JZX3/1/0/1767225600000 right, the guard counts canaries'],
  options: ['reason', 'after'],
  run,
};
