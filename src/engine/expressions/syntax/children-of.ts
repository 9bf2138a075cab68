import type { Node } from './node';

const present = (node: Node | undefined): readonly Node[] => (node === undefined ? [] : [node]);

/** The nodes right below a node, in the order in which they are written. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'literal':
    case 'name':
    case 'variable':
    case 'type':
      return [];
    case 'property':
      return [node.of];
    case 'index':
      return [...present(node.of), node.index];
    case 'method':
      return [...present(node.of), ...node.args];
    case 'function':
    case 'new':
      return node.args;
    case 'unary':
      return [node.operand];
    case 'binary':
    case 'logical':
      return [node.left, node.right];
    case 'ternary':
      return [node.test, node.then, node.otherwise];
    case 'elvis':
      return [node.value, node.otherwise];
    case 'list':
      return node.items;
    case 'map':
      return node.entries.flat();
    case 'projection':
    case 'selection':
      return [node.of, node.body];
  }
}
