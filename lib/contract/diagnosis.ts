import { z } from "zod";
import { limits } from "#lib/kernel/limits.ts";
import { Timestamp } from "./common.ts";
import { STAGES } from "./stages.ts";
import { SYMPTOMS } from "./symptoms.ts";

const { windowMsMin, windowMsMax, textCharactersMax } = limits.incidents;

export const Symptom = z.enum(SYMPTOMS);
export type Symptom = z.infer<typeof Symptom>;

export const Stage = z.enum(STAGES);
export type Stage = z.infer<typeof Stage>;

/** Causes that are told by amounts of money. */
export const MONEY_VERDICTS = [
  "hosted_agent_use",
  "price_change",
  "credits_expired",
  "refund_or_dispute",
  "late_events",
  "credits_exhausted",
  "payment_failed",
  "ledger_drift",
  "metering_stale",
] as const;
/** Named causes. Open on the wire: clients must accept codes that they do not know. */
export const VERDICTS = [
  // No logs
  "wrong_url",
  "blocked_at_gateway",
  "log_pipeline_stale",
  "no_traffic",
  "retention_zero",
  // An agent cannot use a tool
  "agent_not_attached",
  "tool_not_granted",
  "schema_mismatch",
  "tool_removed",
  "tool_unknown",
  "client_cached_list",
  "budget_exhausted",
  "agent_paused",
  // More use than before
  "loop",
  "embed_traffic",
  "new_client",
  "retry_storm",
  "growth",
  ...MONEY_VERDICTS,
  // A call fails
  "call_time_authorization",
  "upstream_auth",
  "upstream_down",
  "upstream_errors",
  "size_cap",
  "time_cap",
  "handler_missing",
  "server_code_error",
  "runtime_crash",
  "config_change",
  "rate_limited",
  // Slow
  "upstream_slow",
  "cold_start",
  "large_payload",
  "queueing",
  // 401 and 403
  "token_expired",
  "key_revoked",
  "key_expired",
  "key_unknown",
  "credentials_missing",
  "clock_skew",
  "token_audience",
  "token_issuer",
  "token_scope",
  "token_invalid",
  "issuer_unreachable",
  "direct_access_off",
  // Hosting
  "server_inactive",
  "not_published",
  "region_down",
  "bad_deployment",
  "server_deleted",
] as const;
export const VerdictCode = z.enum(VERDICTS);
export type VerdictCode = z.infer<typeof VerdictCode>;

/** Where the chain broke. */
export const BrokenHop = z.enum(["client", "gateway", "runtime", "upstream", "ledger", "logs", "none"]);
export type BrokenHop = z.infer<typeof BrokenHop>;

/** Something that a finding stands on, and where to see it. */
export const EvidenceRef = z.object({
  kind: z.enum([
    "probe",
    "request",
    "line",
    "upstream",
    "decision",
    "change",
    "count",
    "setting",
    "ledger",
    "comparison",
    "reach",
  ]),
  /** Id of the row, or the path of the value inside the evidence, e.g. `logs.counts.now.calls`. */
  id: z.string().max(300),
  /** In words, with the number where it is one: `tools/call 0 of 14 answered`. */
  label: z.string().max(textCharactersMax),
  at: Timestamp.nullable(),
  /** Where the dashboard shows it, below `/{org}`; null where it does not. */
  path: z.string().max(500).nullable(),
});
export type EvidenceRef = z.infer<typeof EvidenceRef>;

/** What may be done about it from the incident; each is confirmed first and allowed by the scopes of the one who does it. */
export const ACTIONS = [
  "run_smoke",
  "roll_back",
  "restart",
  "pause_agent",
  "resume_agent",
  "raise_budget",
  "rotate_key",
] as const;
export const ActionName = z.enum(ACTIONS);
export type ActionName = z.infer<typeof ActionName>;
export const SuggestedAction = z.object({
  action: ActionName,
  /** Id of the server, agent or key that it is done to. */
  targetId: z.string(),
  /** In words, e.g. `Roll support-api back to 1.3.0`. */
  label: z.string().max(300),
});
export type SuggestedAction = z.infer<typeof SuggestedAction>;

/** One check of a stage. A `fail` or `warn` names what it stands on; `unknown`: what it needs is missing. */
export const CheckResult = z.object({
  id: z.string(),
  stage: Stage,
  title: z.string(),
  status: z.enum(["pass", "fail", "warn", "unknown", "skipped"]),
  /** What was looked at. */
  lookedAt: z.string().max(textCharactersMax),
  /** What was found, in a sentence. */
  finding: z.string().max(textCharactersMax),
  evidence: z.array(EvidenceRef).max(limits.incidents.refsPerFindingMax),
  supports: z.array(VerdictCode),
  rulesOut: z.array(VerdictCode),
  fix: z.array(z.string().max(textCharactersMax)),
});
export type CheckResult = z.infer<typeof CheckResult>;

export const Verdict = z.object({
  code: VerdictCode,
  /** The cause in one sentence, with names and numbers. */
  sentence: z.string().max(textCharactersMax),
  hop: BrokenHop,
  /** `certain`: what was seen allows nothing else; `likely`: it fits best. */
  confidence: z.enum(["certain", "likely"]),
  /** Ids of the checks that it stands on. */
  checks: z.array(z.string()).min(1),
  evidence: z.array(EvidenceRef).min(1).max(limits.incidents.refsPerFindingMax),
  fix: z.array(z.string().max(textCharactersMax)),
  actions: z.array(SuggestedAction),
});
export type Verdict = z.infer<typeof Verdict>;

/** What is wrong, or that nothing is, or that it cannot be told. The same evidence gives the same bytes. */
export const Diagnosis = z.object({
  schema: z.literal(1),
  /** `fault`: `verdict` names it; `healthy`: everything that was looked at works; `abstained`: `missing` says what is not known. */
  status: z.enum(["fault", "healthy", "abstained"]),
  /** One sentence for the top of a page. */
  headline: z.string().max(textCharactersMax),
  verdict: Verdict.nullable(),
  /** Other causes that fit, best first; several faults at once are each named. */
  alternatives: z.array(Verdict).max(limits.incidents.candidatesMax),
  /** Causes that were looked for and are not it. */
  ruledOut: z.array(VerdictCode),
  missing: z.array(z.object({ part: z.string(), why: z.string(), how: z.string() })),
  /** What was asked about; of an open question, what the evidence looks like. */
  symptom: Symptom.nullable(),
  stages: z.array(
    z.object({
      stage: Stage,
      status: z.enum(["pass", "fail", "warn", "unknown", "skipped"]),
      checks: z.array(CheckResult),
    }),
  ),
  subject: z.object({
    server: z.object({ id: z.string(), slug: z.string(), name: z.string() }).nullable(),
    agent: z.object({ id: z.string(), name: z.string() }).nullable(),
    tool: z.string().nullable(),
    client: z.string().nullable(),
  }),
  at: Timestamp,
  window: z.object({ from: Timestamp, to: Timestamp }),
  collectedAt: Timestamp,
  /** SHA-256 of the evidence as canonical JSON, hexadecimal. */
  evidenceSha256: z.string(),
});
export type Diagnosis = z.infer<typeof Diagnosis>;

const who = z.string().trim().min(1).max(200);
/** What is asked: `POST …/diagnoses`. Without `server` the organization is looked at as a whole (its money and use). */
export const DiagnoseInput = z.object({
  /** Id or slug. */
  server: who.optional(),
  /** Id or name. */
  agent: who.optional(),
  tool: who.optional(),
  client: who.optional(),
  /** One call that failed. */
  requestId: z.string().max(64).optional(),
  symptom: Symptom.optional(),
  /** The moment in question; now when it is absent. The window ends then, or a tenth of it later for a moment in the past. */
  at: Timestamp.optional(),
  windowMs: z
    .number()
    .int()
    .min(windowMsMin, "A window is at least one minute long (60000 ms).")
    .max(windowMsMax, "A window is at most 7 days long (604800000 ms).")
    .optional(),
  /** Whether the server may be called now; without it only what is stored is looked at. */
  probe: z.boolean().default(true),
});
export type DiagnoseInput = z.input<typeof DiagnoseInput>;
