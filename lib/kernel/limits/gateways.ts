const KIB = 1024;
const MIB = 1024 * KIB;

/** Access profiles, and what callers may take through them. */
export const gatewayLimits = {
  perOrganizationMax: 200,
  serversPerGatewayMax: 200,
  keysPerGatewayMax: 1_000,
  keysPerServerMax: 100,
  grantsPerGatewayMax: 1_000,
  /** Of one organization, so that none fills what an edge can know. */
  keysPerOrganizationMax: 10_000,
  grantsPerOrganizationMax: 10_000,
  patternsPerGrantMax: 100,
  /** Different patterns with a star inside, over all grants of a gateway: each is tried on each tool. */
  wildcardsPerGatewayMax: 2_000,
  scopesMax: 50,
  keySecretBytes: 32,
  /** Bytes of randomness in a public id. */
  publicIdBytes: 15,
  callsPerMinuteMax: 1_000_000,
  concurrentMax: 1_000,
  listedMax: 1_000,
  /** A revoked key is remembered this long, so that its holder is told that it was revoked. */
  revokedKeysKeptMs: 30 * 24 * 3_600_000,
  keyLastUsedMs: 60_000,
  /** What one edge knows, over all organizations. */
  directoryGatewaysMax: 50_000,
  directoryGrantsMax: 200_000,
  directoryKeysMax: 200_000,
  /** Keys that were used and whose use is not written yet. */
  keyUsesWaitingMax: 10_000,
  /** Longest credential that is looked at. */
  credentialCharactersMax: 16_384,
  /** Of a verified token: how long its verification is reused, at most until it expires. */
  tokenMemoryMsMax: 60_000,
  tokensRememberedMax: 20_000,
  clockSkewSeconds: 60,
  /** Of metadata documents and key sets of authorization servers. */
  issuerTimeoutMs: 5_000,
  issuerResponseBytesMax: 256 * KIB,
  issuersRememberedMax: 1_000,
  keySetAgeMsMax: 600_000,
  /** Between two reads of a key set because a token names a key that is not in it. */
  keySetCooldownMs: 30_000,
  /** Between two tries to reach an authorization server whose keys were never read. */
  issuerRetryMs: 5_000,
  /** Of the metadata document that tells clients where to sign in. */
  metadataCacheSeconds: 60,
  /** Keys that are tried on a token that does not say which one signed it. */
  keysTriedMax: 10,
  /** A longer name matches no tool pattern with a star inside. */
  matchedNameCharactersMax: 256,
  /** Counters of callers; the longest unused is forgotten first. */
  rateCountersMax: 100_000,
  /** A shared counter that does not answer in time does not hold up a call: the local one decides. */
  sharedCounterTimeoutMs: 50,
  sharedCounterConnectTimeoutMs: 5_000,
  sharedCounterRetryMsMax: 5_000,
  /** Between two calls that ask a shared counter which did not answer. */
  sharedCounterProbeMs: 500,
  /** A list of tools is held back whole up to this size to take out what the caller may not see. */
  filteredListBytesMax: 4 * MIB,
  /** Tools in one answer that is filtered. */
  filteredToolsMax: 5_000,
  explanationCharactersMax: 2_000,
  /** Tools that popular clients show at most; the doctor warns above. */
  clientToolsMax: 128,
  doctorTimeoutMs: 30_000,
  doctorServersAtOnceMax: 4,
} as const;
