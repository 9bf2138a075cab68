import { adopt } from './adopt';
import { audit } from './audit';
import { chaos } from './chaos';
import { clone } from './clone';
import { deploy } from './deploy';
import { destroy } from './destroy';
import { disable } from './disable';
import { enable } from './enable';
import { helpFor } from './help';
import { history } from './history';
import { login } from './login';
import { logs } from './logs';
import { pipeline } from './pipeline';
import { resize } from './resize';
import { rollback } from './rollback';
import { settings } from './settings';
import { status } from './status';
import { terminate } from './terminate';
import type { Verb } from './support/verb';
import { why } from './why';

/** All verbs, in the order help shows them; adding one is one file and one line here. */
export const verbs: readonly Verb[] = [
  deploy,
  rollback,
  resize,
  status,
  why,
  history,
  logs,
  enable,
  disable,
  destroy,
  clone,
  terminate,
  adopt,
  pipeline,
  chaos,
  audit,
  settings,
  login,
  helpFor(() => verbs),
];
