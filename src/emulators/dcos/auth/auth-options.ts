/** Who may log in: a person by password or OIDC token, or a service account by the key that it signs tokens with. */
export type EmulatorUser = {
  readonly uid: string;
  readonly password?: string;
  /** PEM; service accounts only. */
  readonly publicKey?: string;
  /** The text of an OIDC id token that stands for this user; open DC/OS only. */
  readonly idToken?: string;
  readonly description?: string;
  /**
   * Permissions such as `dcos:adminrouter:service:marathon`; everything when absent. Open DC/OS knows no permissions,
   * so they count in `enterprise` only.
   */
  readonly grants?: readonly string[];
};

/** How the emulated cluster asks who calls. */
export type AuthOptions = {
  /** `none` lets everybody in, as open DC/OS with `oauth_enabled: false`. */
  readonly mode: 'none' | 'enterprise' | 'open';
  /** `defaultUser` alone by default. */
  readonly users?: readonly EmulatorUser[];
  /** How long a token lives; five days by default. */
  readonly tokenSeconds?: number;
  /** PEM of the RSA key that tokens are signed with; a new one by default, so that a restart ends all tokens. */
  readonly privateKey?: string;
};

/** The user that a fresh cluster has. */
export const defaultUser = { uid: 'bootstrapuser', password: 'deleteme', description: 'Bootstrap superuser' } as const;
