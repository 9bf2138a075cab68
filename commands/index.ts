import { adopt } from './adopt';
import { deploy } from './deploy';
import { helpFor } from './help';
import { login } from './login';
import { resize } from './resize';
import { rollback } from './rollback';
import { settings } from './settings';
import { status } from './status';
import type { Verb } from './support/verb';
import { why } from './why';

/** All verbs, in the order help shows them; adding one is one file and one line here. */
export const verbs: readonly Verb[] = [
  deploy,
  rollback,
  resize,
  status,
  why,
  adopt,
  settings,
  login,
  helpFor(() => verbs),
];
