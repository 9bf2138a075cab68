/** How long one look may take. */
export const stepTimeoutMs = 5000;

/**
 * How long after an execution was stopped something that it had sent may still take effect: as long as a look that had
 * begun, the drain before it, and as much again for the server. Clean-up that depends on it waits this long.
 */
export const landingMs = 3 * stepTimeoutMs;
