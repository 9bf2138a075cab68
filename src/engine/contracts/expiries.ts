import type { Expiry } from '../../model/expiry';

/** Remembers which server groups are to be destroyed later. */
export interface Expiries {
  /** Stores the expiry, due at its time; doing it again changes nothing. */
  plan(expiry: Expiry): Promise<void>;
}
