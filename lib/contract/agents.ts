import { z } from "zod";
import { limits } from "#lib/kernel/limits.ts";
import { Timestamp } from "./common.ts";
import { AccessKey } from "./gateways.ts";
import { Micros, NaturalMicros } from "./money.ts";

const Name = z.string().trim().min(1, "Give it a name.").max(100);

/** `paused`: its calls are denied until somebody resumes it. */
export const AgentStatus = z.enum(["active", "paused"]);
export type AgentStatus = z.infer<typeof AgentStatus>;

/** Why an agent is paused. `loop_suspected`: it made the same call again and again. */
export const PauseReason = z.enum(["by_hand", "loop_suspected"]);
export type PauseReason = z.infer<typeof PauseReason>;

/** A caller identity that the organization owns. */
export const Agent = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  status: AgentStatus,
  pause: z.object({ reason: PauseReason, at: Timestamp, note: z.string().nullable() }).nullable(),
  serverCount: z.number().int(),
  keyCount: z.number().int(),
  createdBy: z.string().nullable(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type Agent = z.infer<typeof Agent>;

/** What a change of an agent changes: its ETag. */
export const agentVersion = ({ id, name, description, pause }: Agent) => [id, name, description, pause];

/** An agent in a list, with its month so far (UTC) and its last 24 hours. */
export const AgentListItem = Agent.extend({
  calls24h: z.number().int(),
  errors24h: z.number().int(),
  spentMicros: Micros,
  /** Null: no cap. */
  capMicros: Micros.nullable(),
  lastCallAt: Timestamp.nullable(),
});
export type AgentListItem = z.infer<typeof AgentListItem>;

export const CreateAgent = z.object({
  name: Name,
  description: z.string().trim().max(1000).default(""),
});
export const UpdateAgent = CreateAgent.partial();
/** `POST …/agents/{agent}/pause`. */
export const PauseAgent = z.object({ note: z.string().trim().max(500).nullable().default(null) });

/** A server that an agent may call, through the gateway before it where there is one. */
export const AgentServer = z.object({
  serverId: z.string(),
  serverSlug: z.string(),
  serverName: z.string(),
  serverStatus: z.string(),
  /** Null: the agent calls its direct URL. */
  gateway: z.object({ id: z.string(), name: z.string() }).nullable(),
  /** What the agent calls. */
  url: z.string(),
  attachedAt: Timestamp,
});
export type AgentServer = z.infer<typeof AgentServer>;
/** `PUT …/agents/{agent}/servers/{server}` has no body. */

/** Why a tool of an attached server is missing for an agent, or why it works. Open list. */
export const TOOL_REASONS = [
  "allowed",
  "agent_paused",
  "server_inactive",
  "not_attached",
  "access_off",
  "grant_missing",
  "tools_unknown",
] as const;
/** One tool as the agent sees it: server tools ∩ grants ∩ attachment. */
export const EffectiveTool = z.object({
  serverId: z.string(),
  serverSlug: z.string(),
  /** Null: about the whole server, whose tools are not known. */
  tool: z.string().nullable(),
  isAllowed: z.boolean(),
  reason: z.string(),
  /** What decided it and, when it is missing, what to do. */
  explanation: z.string(),
  grantId: z.string().nullable(),
});
export type EffectiveTool = z.infer<typeof EffectiveTool>;

/** `POST …/agents/{agent}/keys/{key}/rotate`: a new key; the old one works for that long yet. */
export const RotateKey = z.object({
  overlapHours: z.number().int().min(0).max(limits.agents.keyOverlapHoursMax).default(24),
});
export const AgentKey = AccessKey;

/** Caps of end users of an agent; users who are not told apart share the anonymous one. */
export const UserCap = z.object({
  endUser: z.string().min(1).max(limits.agents.endUserCharactersMax),
  capMicros: NaturalMicros,
});
export type UserCap = z.infer<typeof UserCap>;

/** What to do with calls while budgets cannot be asked. `grace`: go on for a bounded amount. */
export const OnUnavailable = z.enum(["deny", "grace"]);
export type OnUnavailable = z.infer<typeof OnUnavailable>;

/** What stopped or would stop a call; the first of the layers that has too little. */
export const LimitSource = z.enum([
  "organization_credits",
  "agent_budget",
  "user_budget",
  "session_budget",
  "agent_paused",
  "loop_suspected",
  "unavailable",
]);
export type LimitSource = z.infer<typeof LimitSource>;

/** `GET …/agents/{agent}/budget`: caps of a calendar month in UTC; null: no cap. */
export const AgentBudget = z.object({
  agentId: z.string(),
  monthlyCapMicros: Micros.nullable(),
  defaultUserCapMicros: Micros.nullable(),
  anonymousUserCapMicros: Micros.nullable(),
  sessionCapMicros: Micros.nullable(),
  userCaps: z.array(UserCap),
  onUnavailable: OnUnavailable,
  /** The same tool with the same arguments more often than this in a minute pauses the agent; null: not watched. */
  loopCallsPerMinuteMax: z.number().int().nullable(),
  /** Percentages of the cap at which an alert goes out, each once a month. */
  alertThresholds: z.array(z.number().int()),
  period: z.object({ start: Timestamp, end: Timestamp }),
  spentMicros: Micros,
  /** Set aside for calls that run now. */
  leasedMicros: Micros,
  /** Of the monthly cap; null without one. Never below zero. */
  remainingMicros: Micros.nullable(),
  /**
   * How far spending can pass the cap: zero, since a call sets aside the most that it can cost before it runs; with `grace`,
   * what all edges together may spend while they cannot ask.
   */
  overrunBoundMicros: Micros,
  status: AgentStatus,
  pause: Agent.shape.pause,
  updatedAt: Timestamp,
});
export type AgentBudget = z.infer<typeof AgentBudget>;

/** What a change of a budget changes, not what is spent of it: its ETag. */
export const budgetVersion = (budget: AgentBudget) => [
  budget.agentId,
  budget.monthlyCapMicros,
  budget.defaultUserCapMicros,
  budget.anonymousUserCapMicros,
  budget.sessionCapMicros,
  budget.userCaps.map(({ endUser, capMicros }) => [endUser, capMicros]),
  budget.onUnavailable,
  budget.loopCallsPerMinuteMax,
  budget.alertThresholds,
];

/** What is not named stays; a name that is not known is refused, since a misspelled cap would stop nothing. */
export const UpdateAgentBudget = z
  .strictObject({
    monthlyCapMicros: NaturalMicros.nullable(),
    defaultUserCapMicros: NaturalMicros.nullable(),
    anonymousUserCapMicros: NaturalMicros.nullable(),
    sessionCapMicros: NaturalMicros.nullable(),
    /** Replaces all of them. */
    userCaps: z.array(UserCap).max(limits.agents.userCapsMax),
    onUnavailable: OnUnavailable,
    loopCallsPerMinuteMax: z.number().int().min(2).max(10_000).nullable(),
    alertThresholds: z.array(z.number().int().min(1).max(100)).max(10),
  })
  .partial();
export type UpdateAgentBudget = z.infer<typeof UpdateAgentBudget>;

/** `POST …/agents/{agent}/usage-events`: costs that happened elsewhere, e.g. of a model. */
export const UsageEventInput = z.object({
  /** The caller's own id: the same one again changes nothing; with other contents it is refused. */
  eventId: z.string().min(1).max(200),
  amountMicros: NaturalMicros,
  currency: z.literal("USD", { error: "Amounts are in USD." }).default("USD"),
  occurredAt: Timestamp,
  description: z.string().trim().max(200).default(""),
  endUser: z.string().min(1).max(limits.agents.endUserCharactersMax).nullable().default(null),
  session: z.string().min(1).max(limits.agents.sessionCharactersMax).nullable().default(null),
});
export const PostUsageEvents = z.object({
  events: z.array(UsageEventInput).min(1).max(limits.agents.usageEventsMax),
});
export const UsageEventResult = z.object({
  eventId: z.string(),
  status: z.enum(["accepted", "duplicate"]),
  amountMicros: Micros,
  txId: z.string().nullable(),
});
export const PostedUsageEvents = z.object({
  results: z.array(UsageEventResult),
  /** Of the agent's month; null without a cap. */
  remainingMicros: Micros.nullable(),
});
