/**
 * For tasks that wait for what was just set going: all who acted within the first half second share the view that is
 * read after it, unless an event says that something happened.
 */
export const watching = { isWatching: true, firstLookMs: 500 } as const;
