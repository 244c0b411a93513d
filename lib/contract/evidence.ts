import { z } from "zod";
import { limits } from "#lib/kernel/limits.ts";
import { Timestamp } from "./common.ts";
import { WindowComparison } from "./comparisons.ts";
import { Explanation } from "./decisions.ts";
import { CapPressure, RegionCheck, RegionHealth } from "./hosting-checks.ts";
import { Micros } from "./money.ts";
import { ClientReach } from "./reach.ts";

/**
 * What was seen when somebody asked what is wrong: a snapshot, collected first, judged afterwards, saved and replayed. All
 * text in it that comes from callers, servers and upstreams is redacted and cut; it is data, never markup.
 */
const text = z.string().max(limits.incidents.textCharactersMax);
const name = z.string().max(limits.incidents.errorGroupTextCharactersMax);
const count = z.number().int().min(0);

/**
 * One part of the evidence. `missing` parts name why: `timeout`, `failed` (with the error), `not_allowed` (whoever asked
 * may not see it), `not_applicable` (e.g. no agent was named). A part that is missing supports nothing and rules nothing out.
 */
const section = <Value extends z.ZodType>(value: Value) =>
  z.discriminatedUnion("status", [
    z.object({ status: z.literal("collected"), at: Timestamp, durationMs: z.number(), value }),
    z.object({
      status: z.literal("missing"),
      reason: z.enum(["timeout", "failed", "not_allowed", "not_applicable"]),
      message: text,
    }),
  ]);

/** A fresh `tools/list`, or `tools/call`, by a real MCP client. */
export const ProbeEvidence = z.object({
  checkId: z.string().nullable(),
  requestId: z.string().nullable(),
  status: z.enum(["passed", "failed"]),
  era: z.enum(["modern", "legacy"]).nullable(),
  protocolVersion: z.string().nullable(),
  durationMs: z.number(),
  failure: z.object({ step: z.string(), code: z.string(), message: text, fix: text }).nullable(),
  tools: z.array(name).max(limits.incidents.toolsMax),
  toolCount: count,
});
export type ProbeEvidence = z.infer<typeof ProbeEvidence>;

export const CanaryEvidence = ProbeEvidence.omit({ tools: true, toolCount: true }).extend({
  tool: name,
  /** The tool answered with `isError`. */
  isToolError: z.boolean(),
  /** What it said, shortened. */
  answer: text.nullable(),
});
export type CanaryEvidence = z.infer<typeof CanaryEvidence>;

/** A tool list as it was and is. */
export const ToolListEvidence = z.object({
  current: z.object({ toolCount: count, sha256: z.string(), seenAt: Timestamp }).nullable(),
  /** The newest one that was seen before the window began, when it differs. */
  before: z.object({ toolCount: count, sha256: z.string(), lastSeenAt: Timestamp }).nullable(),
  added: z.array(name),
  removed: z.array(name),
  changed: z.array(z.object({ name, fields: z.array(z.string()), breaking: z.boolean() })),
  /** When the difference was first seen; null without one. */
  changedAt: Timestamp.nullable(),
});

/** One change of configuration or one operation, in or shortly before the window. */
export const ChangeEvidence = z.object({
  id: z.string(),
  kind: z.enum(["operation", "audit"]),
  /** `publish`, `rollback`, `restart` …, or the audit action such as `server.updateConfig`. */
  action: z.string(),
  entity: z.string(),
  entityId: z.string().nullable(),
  actor: z.string(),
  at: Timestamp,
  /** Of operations: `succeeded`, `failed` …; null for audit records. */
  state: z.string().nullable(),
  error: text.nullable(),
  /** Names of what changed, e.g. `environment: API_KEY`, never values. */
  detail: text,
});
export type ChangeEvidence = z.infer<typeof ChangeEvidence>;

/** Calls that failed in the same words. */
export const ErrorGroup = z.object({
  /** Names the group: numbers and ids taken out of the text. */
  fingerprint: z.string(),
  outcome: z.string(),
  tool: name.nullable(),
  message: name,
  count,
  /** In the window before, of the same length. */
  countBefore: count,
  firstAt: Timestamp,
  lastAt: Timestamp,
  /** Newest calls of it. */
  requestIds: z.array(z.string()).max(limits.incidents.examplesMax),
});
export type ErrorGroup = z.infer<typeof ErrorGroup>;

/** Calls of a window in numbers. Calls are requests of callers (`source` agent, embed, external), never our own probes. */
export const CallCounts = z.object({
  lists: count,
  listsOk: count,
  calls: count,
  callsOk: count,
  byOutcome: z.record(z.string(), count),
  /** By hop that answered last: how far the calls came. */
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  responseBytesP95: z.number().nullable(),
  /** Calls that came to the direct URL, to a pinned version, through the gateway. */
  byDoor: z.object({ direct: count, pinned: count, gateway: count }),
});
export type CallCounts = z.infer<typeof CallCounts>;

/** One failing call, with how far it provably came. */
export const FailingCall = z.object({
  requestId: z.string(),
  at: Timestamp,
  tool: name.nullable(),
  method: name.nullable(),
  outcome: z.string(),
  httpStatus: z.number().int(),
  error: text.nullable(),
  lastHop: z.enum(["gateway", "runtime", "upstream"]),
  durationMs: z.number(),
  upstreamMs: z.number().nullable(),
  agentId: z.string().nullable(),
  client: name.nullable(),
});
export type FailingCall = z.infer<typeof FailingCall>;

/** Outbound calls of hosted code, or what a connected server's upstream answered, by host. */
export const UpstreamEvidence = z.object({
  host: z.string(),
  calls: count,
  callsBefore: count,
  /** By status class or failure: `2xx`, `401`, `403`, `4xx`, `5xx`, `timeout`, `failed`, `refused`. */
  byAnswer: z.record(z.string(), count),
  byAnswerBefore: z.record(z.string(), count),
  p95Ms: z.number().nullable(),
  p95MsBefore: z.number().nullable(),
  exampleIds: z.array(z.string()).max(limits.incidents.examplesMax),
});
export type UpstreamEvidence = z.infer<typeof UpstreamEvidence>;

/** Calls of a tool that the newest list of the server does not have. */
export const UnlistedTool = z.object({
  tool: name,
  /** In the window, and of them those that the gateway turned away for want of a grant. */
  calls: count,
  denied: count,
  /** Of the window and the one before. */
  firstAt: Timestamp,
  lastAt: Timestamp,
  /** When a list had it last; null: none that was ever seen has it. */
  lastOfferedAt: Timestamp.nullable(),
  /** Who wants it, most calls first. */
  callers: z
    .array(z.object({ client: name.nullable(), agentId: z.string().nullable(), calls: count }))
    .max(limits.incidents.examplesMax),
});
export type UnlistedTool = z.infer<typeof UnlistedTool>;

/** A caller that was turned away, and whether it came in afterwards. */
export const DeniedCaller = z.object({
  /** `key:<id>`, `agent:<id>`, `oauth:<subject>` or `anonymous`, as far as its credential told. */
  caller: name,
  count,
  lastAt: Timestamp,
  /** When the same was let through first after that, by the end of the window; null: it was not, or did not try. */
  backAt: Timestamp.nullable(),
  /** How often it was let through between its first and its last refusal: one caller may be several clients. */
  between: count,
});
export type DeniedCaller = z.infer<typeof DeniedCaller>;

/** Decisions of one reason, with what the newest of them explained. */
export const DecisionEvidence = z.object({
  reason: z.string(),
  gatewayId: z.string().nullable(),
  count,
  countBefore: count,
  firstAt: Timestamp,
  lastAt: Timestamp,
  examples: z
    .array(
      z.object({
        requestId: z.string(),
        at: Timestamp,
        principal: name.nullable(),
        tool: name.nullable(),
        agentId: z.string().nullable(),
        explanation: Explanation.nullable(),
      }),
    )
    .max(limits.incidents.examplesMax),
  /** Those that are known, most often turned away first. Evidence of earlier has none. */
  callers: z.array(DeniedCaller).max(limits.incidents.clientsMax).default([]),
});
export type DecisionEvidence = z.infer<typeof DecisionEvidence>;

export const Evidence = z.object({
  schema: z.literal(1),
  collectedAt: Timestamp,
  /** The moment that somebody asked about, and the window around or before it. `to` exclusive. */
  at: Timestamp,
  window: z.object({ from: Timestamp, to: Timestamp }),
  /** The window that it is compared with: the same length, just before. */
  before: z.object({ from: Timestamp, to: Timestamp }),
  subject: z.object({
    organizationId: z.string(),
    organizationSlug: z.string(),
    server: z
      .object({
        id: z.string(),
        slug: z.string(),
        name: z.string(),
        kind: z.string(),
        status: z.string(),
        version: z.string().nullable(),
        publishedAt: Timestamp.nullable(),
        directAccess: z.string(),
        retentionDays: z.number(),
        upstreamUrl: z.string().nullable(),
        isDeleted: z.boolean(),
      })
      .nullable(),
    agent: z.object({ id: z.string(), name: z.string() }).nullable(),
    tool: name.nullable(),
    client: name.nullable(),
    requestId: z.string().nullable(),
  }),

  smoke: z.object({
    /** Direct, in both protocol eras. */
    modern: section(ProbeEvidence),
    legacy: section(ProbeEvidence),
    /** The read-only tool call that the owner declared. */
    canary: section(CanaryEvidence),
    /** What the agent is given at its own door. */
    asAgent: section(ProbeEvidence),
    /** The canary's tool called as the agent, where it is the tool in question or none is named. */
    canaryAsAgent: section(CanaryEvidence),
    tools: section(ToolListEvidence),
  }),
  hosting: z.object({
    regions: section(z.array(RegionHealth)),
    check: section(
      z.object({
        id: z.string().nullable(),
        status: z.string(),
        checkedAt: Timestamp,
        regions: z.array(RegionCheck),
      }),
    ),
    crashes: section(
      z.array(z.object({ at: Timestamp, node: z.string(), region: z.string(), reason: text })),
    ),
    caps: section(z.array(CapPressure)),
    changes: section(z.array(ChangeEvidence).max(limits.incidents.changesMax)),
    /** Where the server is reached; `gatewayUrl` null without a gateway. */
    urls: section(
      z.object({
        directUrl: z.string(),
        gatewayUrl: z.string().nullable(),
        gatewayId: z.string().nullable(),
        gatewayAccess: z.array(z.string()),
      }),
    ),
  }),
  logs: z.object({
    /** Of all callers to this server. */
    counts: section(z.object({ now: CallCounts, before: CallCounts })),
    errors: section(z.object({ groups: z.array(ErrorGroup), groupsTotal: count, isSampled: z.boolean() })),
    failing: section(z.array(FailingCall).max(limits.incidents.failingCallsMax)),
    /** Calls of both windows that name a tool which is not listed, and never went well. */
    unlistedTools: section(z.array(UnlistedTool).max(limits.incidents.clientsMax)).default({
      status: "missing",
      reason: "failed",
      message: "It was not collected at that time.",
    }),
    console: section(
      z.object({
        lines: count,
        linesBefore: count,
        errors: count,
        errorsBefore: count,
        /** Calls that were forwarded to the runtime, and how many of them left a line or an upstream call. */
        forwarded: count,
        traced: count,
        /** Newest error lines, shortened. */
        errorLines: z
          .array(z.object({ id: z.string(), at: Timestamp, requestId: z.string().nullable(), message: text }))
          .max(limits.incidents.failingCallsMax),
      }),
    ),
    /** The edges' own proof that a log line arrives. */
    pipeline: section(
      z.array(
        z.object({
          node: z.string(),
          state: z.enum(["fresh", "late", "lost", "stale", "unknown"]),
          checkedAt: Timestamp.nullable(),
          lagMs: z.number().nullable(),
          storeLagMs: z.number().nullable(),
        }),
      ),
    ),
    upstream: section(z.array(UpstreamEvidence)),
    /** Durations by hop of the calls of the window, and in the one before. Milliseconds; null without calls. */
    hops: section(
      z.object({
        now: z.object({
          totalP95Ms: z.number().nullable(),
          upstreamP95Ms: z.number().nullable(),
          coldStarts: count,
          startP95Ms: z.number().nullable(),
        }),
        before: z.object({
          totalP95Ms: z.number().nullable(),
          upstreamP95Ms: z.number().nullable(),
          coldStarts: count,
          startP95Ms: z.number().nullable(),
        }),
      }),
    ),
  }),
  gateway: z.object({
    decisions: section(z.array(DecisionEvidence)),
    /** Keys of the gateway, server or agent that were revoked, rotated or expired in or shortly before the window. */
    keys: section(
      z.array(
        z.object({
          id: z.string(),
          name,
          event: z.enum(["revoked", "expired", "created"]),
          at: Timestamp,
          ownerId: z.string(),
        }),
      ),
    ),
    /** Findings of the gateway doctor that are not ok; empty when all is well. */
    doctor: section(
      z.array(z.object({ id: z.string(), status: z.string(), title: text, detail: text, fix: text })),
    ),
    /** How far each client came: see `ClientReach`. */
    reach: section(z.array(ClientReach)),
  }),
  usage: z.object({
    comparisons: section(z.array(WindowComparison)),
    /** Share of tool calls that repeat the caller's call before it with the same arguments; null where it is not known. */
    repeats: section(
      z.object({
        ratio: z.number().nullable(),
        topTool: name.nullable(),
        topPrincipal: name.nullable(),
        /** Calls that follow a failed call of the same caller and tool within seconds. */
        retryRatio: z.number().nullable(),
        retryRatioBefore: z.number().nullable(),
        calls: count,
      }),
    ),
    newClients: section(z.array(z.object({ client: name, calls: count, firstAt: Timestamp }))),
  }),
  billing: z.object({
    balance: section(
      z.object({
        availableMicros: Micros,
        heldMicros: Micros,
        debtMicros: Micros,
        isPriced: z.boolean(),
        priceVersion: z.string().nullable(),
      }),
    ),
    /** What moved credits in the window and the one before, by cause: usage by agent, expiry, refund, dispute, debt. Signed micros. */
    movements: section(
      z.array(
        z.object({
          kind: z.string(),
          agentId: z.string().nullable(),
          agentName: name.nullable(),
          priceVersion: z.string().nullable(),
          nowMicros: Micros,
          beforeMicros: Micros,
          count,
          countBefore: count,
          txIds: z.array(z.string()).max(limits.incidents.examplesMax),
        }),
      ),
    ),
    /** Usage that was booked in the window and happened before it. */
    late: section(z.object({ count, micros: Micros })),
    prices: section(z.array(z.object({ version: z.string(), effectiveAt: Timestamp }))),
    reconciliation: section(z.object({ status: z.string(), at: Timestamp, drifts: count }).nullable()),
    payments: section(z.array(z.object({ kind: z.string(), detail: text, at: Timestamp.nullable() }))),
    /** Until when usage is settled. */
    metering: section(z.object({ waiting: count, oldestAt: Timestamp.nullable(), isStale: z.boolean() })),
  }),
  budget: z.object({
    agent: section(
      z.object({
        status: z.string(),
        pause: z
          .object({ reason: z.string(), at: Timestamp, note: text.nullable(), by: name.nullable() })
          .nullable(),
        isAttached: z.boolean(),
        keys: z.array(
          z.object({
            id: z.string(),
            name,
            state: z.enum(["active", "revoked", "expired"]),
            at: Timestamp.nullable(),
          }),
        ),
      }),
    ),
    layers: section(
      z.array(
        z.object({
          limitSource: z.string(),
          scopeId: z.string(),
          capMicros: Micros,
          spentMicros: Micros,
          remainingMicros: Micros,
          resetsAt: Timestamp.nullable(),
        }),
      ),
    ),
    /** Effective tools of the agent on the server. */
    tools: section(
      z.array(
        z.object({
          tool: name.nullable(),
          isAllowed: z.boolean(),
          reason: z.string(),
          detail: text.nullable(),
        }),
      ),
    ),
    /** The last things the agent did here. */
    calls: section(
      z.object({
        lists: count,
        listsOk: count,
        calls: count,
        callsOk: count,
        lastListAt: Timestamp.nullable(),
        lastCallAt: Timestamp.nullable(),
        /** Calls of tools that the server does not offer (any more), or that the agent may not call. */
        unknownTools: z.array(name),
      }),
    ),
  }),
});
export type Evidence = z.infer<typeof Evidence>;
export type EvidenceSection<Value> =
  | { status: "collected"; at: string; durationMs: number; value: Value }
  | { status: "missing"; reason: "timeout" | "failed" | "not_allowed" | "not_applicable"; message: string };
