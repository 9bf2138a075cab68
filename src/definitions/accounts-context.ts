/** Environment variables, as references in accounts.yaml name them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** What accounts.yaml is read with. */
export type AccountsContext = {
  readonly environment: Variables;
  /** Relative files start here. */
  readonly folder: string;
  /**
   * Keeps a check of what stands outside accounts.yaml (secrets, certificates). What it reports leaves the clusters and
   * places as they are: they are good wherever the secret is there, and elsewhere only that cluster fails.
   */
  readonly later: (check: () => void) => void;
};
