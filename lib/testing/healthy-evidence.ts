import type { ErrorGroup, Evidence, EvidenceSection, Shift, WindowComparison } from "#lib/contract/index.ts";

const AT = "2026-11-20T14:30:00.000Z";
const FROM = "2026-11-20T14:00:00.000Z";
const BEFORE_FROM = "2026-11-20T13:30:00.000Z";

/** A section that was collected. */
export const collected = <Value>(value: Value): EvidenceSection<Value> => ({
  status: "collected",
  at: AT,
  durationMs: 12,
  value,
});
/** One that is missing. */
export const missing = (
  reason: "timeout" | "failed" | "not_allowed" | "not_applicable",
  message = "",
): EvidenceSection<never> => ({ status: "missing", reason, message });

const TOOLS = ["close_ticket", "get_ticket", "search_tickets"];

const probe = (era: "modern" | "legacy", protocolVersion: string) => ({
  checkId: `chk_${era}`,
  requestId: `req_${era}`,
  status: "passed" as const,
  era,
  protocolVersion,
  durationMs: 20,
  failure: null,
  tools: [...TOOLS],
  toolCount: TOOLS.length,
});
const canary = {
  checkId: "chk_canary",
  requestId: "req_canary",
  status: "passed" as const,
  era: null,
  protocolVersion: null,
  durationMs: 15,
  failure: null,
  tool: "search_tickets",
  isToolError: false,
  answer: null,
};
const counts = (calls: number) => ({
  lists: 4,
  listsOk: 4,
  calls,
  callsOk: calls,
  byOutcome: { ok: calls + 4 },
  p50Ms: 10,
  p95Ms: 40,
  responseBytesP95: 900,
  byDoor: { direct: 0, pinned: 0, gateway: calls + 4 },
});
const compared = (against: WindowComparison["against"]): WindowComparison => ({
  against,
  window: { from: FROM, to: AT },
  compared: { from: BEFORE_FROM, to: FROM },
  now: { calls: 100, errors: 0 },
  before: { calls: 98, errors: 0 },
  shifts: [],
  dimensions: ["client", "agent", "source", "tool", "key", "region", "version", "outcome", "size"],
  isSampled: false,
});

/** A hosted server behind a gateway with an agent, where 100 calls went well and everything is collected. A new one each time. */
export function healthyEvidence(): Evidence {
  return {
    schema: 1,
    collectedAt: AT,
    at: AT,
    window: { from: FROM, to: AT },
    before: { from: BEFORE_FROM, to: FROM },
    subject: {
      organizationId: "org_1",
      organizationSlug: "acme",
      server: {
        id: "srv_1",
        slug: "support-api",
        name: "Support API",
        kind: "hosted",
        status: "active",
        version: "1.3.0",
        publishedAt: "2026-11-01T10:00:00.000Z",
        directAccess: "off",
        retentionDays: 30,
        upstreamUrl: null,
        isDeleted: false,
      },
      agent: { id: "agt_1", name: "Desk agent" },
      tool: null,
      client: null,
      requestId: null,
    },
    smoke: {
      modern: collected(probe("modern", "2026-07-28")),
      legacy: collected(probe("legacy", "2025-11-25")),
      canary: collected({ ...canary }),
      asAgent: collected(probe("modern", "2026-07-28")),
      canaryAsAgent: collected({ ...canary }),
      tools: collected({
        current: { toolCount: 3, sha256: "a".repeat(64), seenAt: AT },
        before: null,
        added: [],
        removed: [],
        changed: [],
        changedAt: null,
      }),
    },
    hosting: {
      regions: collected(["eu", "us"].map((region) => regionHealth(region, "healthy"))),
      check: collected({
        id: "chk_hosting",
        status: "passed",
        checkedAt: AT,
        regions: ["eu", "us"].map((region) => ({
          region,
          node: `edge-${region}`,
          status: "passed" as const,
          steps: [
            { name: "tools/list" as const, status: "passed" as const, durationMs: 5, detail: "", fix: "" },
          ],
          durationMs: 9,
        })),
      }),
      crashes: collected([]),
      caps: collected([
        { cap: "toolCallDurationMs" as const, max: 30_000, peak24h: 900, exceeded24h: 0 },
        { cap: "responseBytes" as const, max: 4_194_304, peak24h: 12_000, exceeded24h: 0 },
      ]),
      changes: collected([]),
      urls: collected({
        directUrl: "https://mcp.example/mcp/support-api",
        gatewayUrl: "https://mcp.example/gateway/front/mcp",
        gatewayId: "gw_1",
        gatewayAccess: ["key"],
      }),
    },
    logs: {
      counts: collected({ now: counts(100), before: counts(98) }),
      errors: collected({ groups: [], groupsTotal: 0, isSampled: false }),
      failing: collected([]),
      unlistedTools: collected([]),
      console: collected({
        lines: 200,
        linesBefore: 190,
        errors: 0,
        errorsBefore: 0,
        forwarded: 100,
        traced: 100,
        errorLines: [],
      }),
      pipeline: collected([
        { node: "edge-eu", state: "fresh" as const, checkedAt: AT, lagMs: 5, storeLagMs: 300 },
      ]),
      upstream: collected([
        {
          host: "api.example",
          calls: 100,
          callsBefore: 98,
          byAnswer: { "2xx": 100 },
          byAnswerBefore: { "2xx": 98 },
          p95Ms: 20,
          p95MsBefore: 20,
          exampleIds: [],
        },
      ]),
      hops: collected({
        now: { totalP95Ms: 40, upstreamP95Ms: 20, coldStarts: 0, startP95Ms: null },
        before: { totalP95Ms: 42, upstreamP95Ms: 21, coldStarts: 0, startP95Ms: null },
      }),
    },
    gateway: {
      decisions: collected([]),
      keys: collected([]),
      doctor: collected([]),
      reach: collected([
        {
          client: "desk-agent",
          principal: "agent:agt_1",
          agentId: "agt_1",
          door: "gateway" as const,
          stages: [
            {
              stage: "tools/call" as const,
              state: "passed" as const,
              at: AT,
              count: 40,
              reason: null,
              requestId: null,
            },
          ],
          lastStage: "tools/call" as const,
          lastAt: AT,
        },
      ]),
    },
    usage: {
      comparisons: collected([compared("previous"), compared("day"), compared("week")]),
      repeats: collected({
        ratio: 0.05,
        topTool: "get_ticket",
        topPrincipal: "agent:agt_1",
        retryRatio: 0,
        retryRatioBefore: 0,
        calls: 100,
      }),
      newClients: collected([]),
    },
    billing: {
      balance: collected({
        availableMicros: "40000000",
        heldMicros: "100000",
        debtMicros: "0",
        isPriced: true,
        priceVersion: "team@1",
      }),
      movements: collected([
        {
          kind: "usage",
          agentId: "agt_1",
          agentName: "Desk agent",
          priceVersion: "team@1",
          nowMicros: "-400000",
          beforeMicros: "-380000",
          count: 100,
          countBefore: 95,
          txIds: ["tx_1"],
        },
      ]),
      late: collected({ count: 0, micros: "0" }),
      prices: collected([{ version: "team@1", effectiveAt: "2026-01-01T00:00:00.000Z" }]),
      reconciliation: collected({ status: "balanced", at: AT, drifts: 0 }),
      payments: collected([]),
      metering: collected({ waiting: 0, oldestAt: null, isStale: false }),
    },
    budget: {
      agent: collected({
        status: "active",
        pause: null,
        isAttached: true,
        keys: [{ id: "key_1", name: "Desk key", state: "active" as const, at: null }],
      }),
      layers: collected([
        {
          limitSource: "agent_budget",
          scopeId: "agt_1",
          capMicros: "10000000",
          spentMicros: "4000000",
          remainingMicros: "6000000",
          resetsAt: "2026-12-01T00:00:00.000Z",
        },
      ]),
      tools: collected(TOOLS.map((tool) => ({ tool, isAllowed: true, reason: "allowed", detail: null }))),
      calls: collected({
        lists: 2,
        listsOk: 2,
        calls: 40,
        callsOk: 40,
        lastListAt: "2026-11-20T14:01:00.000Z",
        lastCallAt: "2026-11-20T14:29:00.000Z",
        unknownTools: [],
      }),
    },
  };
}

type Region = Extract<Evidence["hosting"]["regions"], { status: "collected" }>["value"][number];
/** A region with one edge that lives. */
export const regionHealth = (
  region: string,
  state: Region["state"],
  failedStep: string | null = null,
): Region => ({
  region,
  state,
  nodes: [
    {
      node: `edge-${region}`,
      version: "1.0.0",
      state: "live",
      heartbeatAt: AT,
      startedAt: "2026-11-01T10:00:00.000Z",
    },
  ],
  lastProbe: {
    status: failedStep === null ? "passed" : "failed",
    at: AT,
    durationMs: 9,
    failedStep,
    detail: null,
  },
});

/** Calls that failed in the same words since ten minutes, and never before. */
export const errorGroup = (message: string, more: Partial<ErrorGroup> = {}): ErrorGroup => ({
  fingerprint: "0123456789abcdef",
  outcome: "tool_error",
  tool: "get_ticket",
  message,
  count: 30,
  countBefore: 0,
  firstAt: "2026-11-20T14:20:00.000Z",
  lastAt: "2026-11-20T14:29:00.000Z",
  requestIds: ["req_failed"],
  ...more,
});

/** One value of a dimension, with its calls now and before. */
export const shift = (
  dimension: Shift["dimension"],
  key: string,
  now: readonly [calls: number, errors: number],
  before: readonly [calls: number, errors: number],
): Shift => ({
  dimension,
  key,
  label: key,
  now: { calls: now[0], errors: now[1], share: 0.5 },
  before: { calls: before[0], errors: before[1], share: 0.1 },
  shareChange: 0.4,
  errorRateChange: null,
  pValue: 0.001,
});
