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
import { lockWith } from './lock';
import { locks } from './locks';
import { login } from './login';
import { logs } from './logs';
import { pipeline } from './pipeline';
import { resize } from './resize';
import { reviews } from './reviews';
import { rollback } from './rollback';
import { settings } from './settings';
import { status } from './status';
import { stop } from './stop';
import { terminate } from './terminate';
import type { Verb } from './support/verb';
import { unlock } from './unlock';
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
  lockWith(() => verbs),
  unlock,
  locks,
  stop,
  chaos,
  audit,
  reviews,
  settings,
  login,
  helpFor(() => verbs),
];
