import type { RequestFact } from "#lib/domain/requests/index.ts";

/** A tool call of an external client that went well; what a test is about it says itself. */
export const requestFact = (
  own: Pick<RequestFact, "id" | "organizationId" | "serverId"> & Partial<RequestFact>,
): RequestFact => ({
  versionId: null,
  requestId: own.id,
  outcome: "ok",
  kind: "request",
  era: "modern",
  method: "tools/call",
  tool: "search",
  source: "external",
  clientName: null,
  clientVersion: null,
  sessionHash: null,
  agentId: null,
  gatewayId: null,
  httpStatus: 200,
  rpcErrorCode: null,
  error: null,
  durationMs: 12,
  requestBytes: 100,
  responseBytes: 1_000,
  traceId: null,
  decision: null,
  retentionDays: 7,
  ...own,
});
