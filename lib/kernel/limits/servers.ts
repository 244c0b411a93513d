const KIB = 1024;

/** Servers and what belongs to them. */
export const serverLimits = {
  perOrganizationMax: 1_000,
  versionsPerServerMax: 1_000,
  listedMax: 1_000,
  environmentVariablesMax: 100,
  environmentValueBytesMax: 32 * KIB,
  environmentBytesMax: 128 * KIB,
  upstreamHeadersMax: 20,
  /** How long the slug of a deleted server stays closed to other organizations: its URL is still in clients. */
  slugCoolingOffMs: 7 * 24 * 3_600_000,
  moduleNameCharactersMax: 200,
} as const;
