import type { JsonObject } from '../json';
import type { Check, Problem } from './check';
import { byType, flag, list, shape, text, webAddress, word } from './check';

/** An identifier: block_id, action_id, callback_id, external_id. */
export const identifier: Check = text(255, 0);

/** A plain_text object. */
export function plainText(max: number, min = 1): Check {
  return shape({ type: word('plain_text'), text: text(max, min) }, { emoji: flag });
}

/** A plain_text or mrkdwn object. */
export function anyText(max: number, min = 1): Check {
  return byType({
    plain_text: plainText(max, min),
    mrkdwn: shape({ type: word('mrkdwn'), text: text(max, min) }, { verbatim: flag }),
  });
}

/** A confirmation dialog. */
export const confirmation: Check = shape(
  { text: anyText(300) },
  { title: plainText(100), confirm: plainText(30), deny: plainText(30), style: word('primary', 'danger') },
);

/** An option of a menu; `label` decides which text objects it may carry. */
export function option(label: Check): Check {
  return shape(
    { text: label, value: text(150) },
    // Slack allows `url` in overflow menus only.
    { description: anyText(75) },
  );
}

/** An option of an overflow menu. */
export const overflowOption: Check = shape(
  { text: plainText(75), value: text(150) },
  { description: plainText(75), url: webAddress(3000) },
);

/** A labelled group of options. */
export const optionGroup: Check = shape({ label: plainText(75), options: list(option(plainText(75)), 1, 100) });

/** The options or the option groups of a static menu: one of the two. */
export function oneSourceOfOptions(menu: JsonObject, pointer: string): readonly Problem[] {
  const given = [menu.options, menu.option_groups].filter((source) => source !== undefined).length;
  return given === 1 ? [] : [{ pointer, message: 'must provide either options or option_groups, not both' }];
}
