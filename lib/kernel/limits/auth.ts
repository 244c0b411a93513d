/** Sign-in and credentials. */
export const authLimits = {
  sessionSeconds: 8 * 3600,
  passwordBytesMin: 10,
  passwordBytesMax: 512,
  signInAttemptsPerWindowMax: 10,
  signInWindowSeconds: 15 * 60,
  apiTokensPerOrganizationMax: 200,
  organizationsPerOwnerMax: 50,
  membersPerOrganizationMax: 1_000,
  invitationsPerOrganizationMax: 200,
  apiTokenSecretBytes: 32,
  /** A token's last use is written at most this often. */
  apiTokenLastUsedMs: 60_000,
  oneTimeTokenSecretBytes: 24,
  setupTokenSeconds: 24 * 3600,
  invitationSeconds: 7 * 24 * 3600,
  /** Password hashes computed at once in one process; each takes 32 MiB and a thread. */
  passwordHashesAtOnceMax: 2,
  passwordHashesWaitingMax: 100,
} as const;
