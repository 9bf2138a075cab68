/** The most bytes of JSON that a document may have; `create` and `update` throw DOCUMENT_TOO_LARGE beyond. */
export const mostDocumentBytes = 1_000_000;

/** A document as an older build may have written it. */
export type StoredDocument = Readonly<Record<string, unknown>>;

/** A kind of document: its name, the values it can be listed by, and how older ones become those of today. */
export type DocumentKind<T> = {
  readonly name: string;
  /** Index name → value; a document without a value for an index is not listed under it. */
  readonly indexes: (document: T) => Readonly<Record<string, string>>;
  /**
   * Steps from each schema to the next, pure, the first from schema 1 to 2: the schema that this build writes is one more than
   * there are steps. The store sets `schema` itself. Until its next change an upgraded document is listed under the values
   * that it was stored with. @default none
   */
  readonly upgrades?: readonly ((older: StoredDocument) => StoredDocument)[];
};

/** A document as read, with the version it had. Versions start at 1 and rise by one with each change. */
export type Versioned<T> = { readonly id: string; readonly version: number; readonly document: T };

/** A due document handed to one owner until the lease ends. */
export type Claimed = Versioned<unknown> & { readonly kind: string };

/** How `update` treats the due time and the lease; all of it lands in the same commit as the document. */
export type UpdateOptions<T> = {
  /** The most bytes that the new document may have here; never more than `mostDocumentBytes`, which is the default. */
  readonly maxBytes?: (document: T) => number;
  /** The due time in milliseconds since the epoch, from the new document; null for never. Left out: unchanged. */
  readonly due?: (document: T) => number | null;
  /**
   * Gives the lease back if this owner still has it. As a function it names the owner from the new document, or undefined
   * to keep the lease, so that the last of several steps can release in its own commit; it may be run again.
   */
  readonly release?: string | ((document: T) => string | undefined);
};

/** What to list: all of a kind, or those whose index has a value; ordered by id (ids sort by creation time). */
export type ListQuery = {
  readonly index?: { readonly name: string; readonly value: string };
  readonly newestFirst?: boolean;
  /** Only ids that come after this one in the order asked for, whether it is there or not: the last of a page asks for the next. */
  readonly after?: string;
  /** @default 100 */
  readonly limit?: number;
};

/**
 * Where everything that lasts lives. One call is one durable commit: when its promise resolves, the change survives
 * a crash of the process. Documents are plain JSON below 1 MB. One of an older schema is upgraded when it is read, and
 * written back with its next change. One of a newer schema is never touched: `get` and `update` throw DOCUMENT_TOO_NEW,
 * `list` and `claimDue` pass it over, and `nextDue` forgets it.
 */
export interface DocumentStore {
  /** Stores a new document; false, changing nothing, when the id exists already. `due` null or absent: never due. */
  create<T>(
    kind: DocumentKind<T>,
    id: string,
    document: T,
    options?: { readonly due?: number | null },
  ): Promise<boolean>;
  get<T>(kind: DocumentKind<T>, id: string): Promise<Versioned<T> | undefined>;
  /**
   * Replaces a document by `change(document)`, atomically; `change` is pure and may be run again. Returning the very
   * same object changes neither document nor version (due time and lease still move). Undefined when there is none.
   * A `touch` made after the document was claimed survives: the due time becomes the earlier of both.
   */
  update<T>(
    kind: DocumentKind<T>,
    id: string,
    change: (document: T) => T,
    options?: UpdateOptions<T>,
  ): Promise<Versioned<T> | undefined>;
  /** Removes a document; false, changing nothing, where there is none, or it has not the `version` that is given. */
  delete<T>(kind: DocumentKind<T>, id: string, options?: { readonly version?: number }): Promise<boolean>;
  list<T>(kind: DocumentKind<T>, query?: ListQuery): Promise<readonly Versioned<T>[]>;
  /** How many documents of a kind have a value in an index (or in all, without one). */
  count<T>(kind: DocumentKind<T>, index?: { readonly name: string; readonly value: string }): Promise<number>;
  /** Makes a document due at `at` or earlier; never later than it is due now. A hint: an unknown id is ignored. */
  touch<T>(kind: DocumentKind<T>, id: string, at: number): Promise<void>;
  /** Leases up to `limit` due, unleased documents of these kinds, the longest due first. */
  claimDue(query: {
    readonly kinds: readonly DocumentKind<never>[];
    readonly owner: string;
    readonly now: number;
    readonly leaseMs: number;
    readonly limit: number;
  }): Promise<readonly Claimed[]>;
  /** Prolongs a lease; false when this owner lost it. */
  renew(kind: string, id: string, owner: string, until: number): Promise<boolean>;
  /** When the next document of these kinds can be claimed (due and not leased), or undefined. */
  nextDue(kinds: readonly string[], now: number): Promise<number | undefined>;
  close(): Promise<void>;
}
