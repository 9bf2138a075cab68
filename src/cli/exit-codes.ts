/** What the command line exits with. */
export const exitCodes = {
  done: 0,
  /** What was asked for did not happen: a failed or canceled execution, a refusal, problems in files. */
  failed: 1,
  /** The command line cannot be understood as typed. */
  usage: 2,
  /** No bot answered. */
  unreachable: 3,
  /** The bot does not know who this is. */
  notLoggedIn: 4,
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
