import { CoxswainError } from '../../src/model/errors';
import { locationName, type Location } from '../../src/model/server-group';
import { joinTexts, type Text } from '../../src/model/text';
import type { View } from '../../src/model/view';
import { runChoice } from './suggest';

/** A place that could not be read, and why. */
export type BlindPlace = { readonly location: Location; readonly error: CoxswainError };

/** `I cannot see prod/west since 14:03; nothing there changes until I can.` */
export function blindText({ location, error }: BlindPlace): Text {
  const { blindSince } = error.fields;
  const since = typeof blindSince === 'number' ? [' since ', { time: blindSince }] : [' now'];
  return ['I cannot see ', { code: locationName(location) }, ...since, '; nothing there changes until I can.'];
}

/** Why a place cannot be seen, in the words of whoever asked it. */
export const whyBlind = ({ fields, message }: CoxswainError): string =>
  typeof fields.why === 'string' ? fields.why : message;

/** A plan needs a place that cannot be seen. */
export class Blindness extends CoxswainError {
  readonly blind: readonly BlindPlace[];
  /** The places that could be seen, and so could be changed alone. */
  readonly seen: readonly Location[];

  constructor(cause: CoxswainError, blind: readonly BlindPlace[], seen: readonly Location[]) {
    super(cause.code, { message: cause.message, fields: cause.fields, cause });
    this.blind = blind;
    this.seen = seen;
  }
}

/**
 * The same words for one region: `deploy foo prod 1.1` becomes `deploy foo prod/east 1.1`; undefined where they are odd, or
 * name their place elsewhere.
 */
function forRegion(text: string, region: string): string | undefined {
  const tokens = text.trim().split(/\s+/);
  const place = tokens[2];
  if (tokens[0] === 'pipeline' || tokens.some((token) => token.startsWith('to='))) return undefined;
  if (place === undefined || !/^[a-z0-9]+$/.test(place)) return undefined;
  return tokens.with(2, `${place}/${region}`).join(' ');
}

/** The refusal for the places that cannot be seen, and the offer to do the same in those that can. */
export function blindView({ blind, seen }: Blindness, text: string): View {
  const choices = seen.flatMap(({ region }) => forRegion(text, region) ?? []).map(runChoice);
  return {
    headline: joinTexts(blind.map(blindText), ' '),
    tone: 'attention',
    undone: true,
    lines: [...new Set(blind.map(({ error }) => whyBlind(error))), 'Nothing was started.'],
    ...(choices.length === 0 ? {} : { choices }),
  };
}
