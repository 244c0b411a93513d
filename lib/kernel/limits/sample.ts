/** The sample organization's traffic. */
export const sampleLimits = {
  operationPollMs: 200,
  callEveryMsMin: 2_000,
  callEveryMsMax: 6_000,
  partnerCallEveryMsMin: 6_000,
  partnerCallEveryMsMax: 18_000,
  agentCallEveryMsMin: 5_000,
  agentCallEveryMsMax: 15_000,
  digestCallEveryMsMin: 12_000,
  digestCallEveryMsMax: 36_000,
  /** Calls of one conversation of an agent. */
  conversationCallsMax: 14,
  /** The sample's credits are granted again when fewer than this are left. Micros. */
  creditsMicrosMin: 5_000_000n,
  creditsDays: 90,
  creditsEveryMs: 600_000,
  callTimeoutMs: 30_000,
  retryDelayMsMin: 1_000,
  retryDelayMsMax: 60_000,
} as const;
