/** Caller identities that an organization owns, and what they may spend. */
export const agentLimits = {
  perOrganizationMax: 1_000,
  serversPerAgentMax: 200,
  keysPerAgentMax: 20,
  keyOverlapHoursMax: 24 * 30,
  userCapsMax: 1_000,
  /** What an edge knows, over all organizations. */
  directoryAgentsMax: 100_000,
  endUserCharactersMax: 200,
  sessionCharactersMax: 200,
  effectiveToolsMax: 5_000,
  usageEventsMax: 500,
  /** How old an event may be, and how far ahead a clock may be. */
  usageEventAgeMsMax: 35 * 24 * 3_600_000,
  usageEventAheadMsMax: 300_000,
} as const;
