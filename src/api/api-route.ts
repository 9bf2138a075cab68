import type { Clock } from '../engine/clock';
import type { NewId } from '../engine/ids';
import type { DocumentStore } from '../engine/ports/document-store';
import type { Execution } from '../model/execution';
import type { View } from '../model/view';
import type { RefusedRequest } from '../policy/audit/refused-requests';

/** What the routes work with. */
export type ApiContext = {
  readonly store: DocumentStore;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly teamId: string;
  /** Says that a command waits; may be lost. */
  readonly hint: () => void;
  readonly renderExecution: (execution: Execution) => View;
  /** Told of requests that are refused before they become a command. */
  readonly onRefused?: (refused: RefusedRequest) => void;
  /** What `GET /health` answers; anybody on this host may read it. */
  readonly health: () => object;
};

/** A request whose caller is known. `id` is the path's, empty where it has none; `user` is empty on open routes. */
export type ApiRequest = {
  readonly id: string;
  readonly query: URLSearchParams;
  /** Parsed JSON; undefined for GET. */
  readonly body: unknown;
  readonly user: string;
  /** Aborted when the caller hangs up or the API stops. */
  readonly signal: AbortSignal;
};

/** One route; `path` may hold one `:id`. `isOpen`: needs no token. */
export type ApiRoute = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly isOpen?: boolean;
  /** The JSON to answer with; errors are thrown as `ApiError`. */
  readonly handle: (context: ApiContext, request: ApiRequest) => object | Promise<object>;
};
