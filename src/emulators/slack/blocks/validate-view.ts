import type { JsonObject } from '../json';
import { asObject, asObjects } from '../json';
import type { Check, Problem } from './check';
import { anything, flag, shape, text, word } from './check';
import { identifier, plainText } from './composition';
import { validateBlocks } from './validate-blocks';

const shared = {
  callback_id: identifier,
  external_id: identifier,
  private_metadata: text(3000, 0),
  clear_on_close: flag,
  notify_on_close: flag,
};

const modal: Check = shape(
  { type: word('modal'), title: plainText(24), blocks: anything },
  { ...shared, submit: plainText(24), close: plainText(24), submit_disabled: flag },
  (view, pointer) => {
    const hasInput = asObjects(view.blocks).some((block) => block.type === 'input');
    return hasInput && view.submit === undefined
      ? [{ pointer, message: 'missing required field: submit (the view has an input block)' }]
      : [];
  },
);

const home: Check = shape(
  { type: word('home'), blocks: anything },
  { ...shared, title: anything, submit: anything, close: anything },
);

/** The rules broken by a view of the given kind; `/view` is where the pointers start. */
export function validateView(surface: 'modal' | 'home', view: unknown): readonly Problem[] {
  const object: JsonObject | undefined = asObject(view);
  if (object === undefined) return [{ pointer: '/view', message: 'must be an object' }];
  const outer = (surface === 'modal' ? modal : home)(object, '/view');
  return object.blocks === undefined ? outer : [...outer, ...validateBlocks(surface, object.blocks, '/view/blocks')];
}
