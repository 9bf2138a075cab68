import { post } from './api.js';
import { confirmDialog } from './confirm.js';
import { myId } from './directory.js';

/**
 * Returns the handler of clicks in one surface: it asks for confirmation where the element wants it, then tells the
 * server. `target()` names the surface (`{channel, ts}` or `{viewId}`). It resolves to whether the server accepted.
 */
export function actOn(target) {
  return async (element, block, extra, node) => {
    if (node.getAttribute('aria-busy') === 'true') return false;
    if (element.confirm && !(await confirmDialog(element.confirm))) return false;
    node.setAttribute('aria-busy', 'true');
    const reply = await post('click', {
      user: myId(),
      ...target(),
      actionId: element.action_id,
      blockId: block.block_id,
      ...extra,
    });
    node.removeAttribute('aria-busy');
    return reply.ok;
  };
}
