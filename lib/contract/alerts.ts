import { z } from "zod";
import { pageOf, Timestamp } from "./common.ts";

/** `withheld`: it was over before it was sent, so nothing was. */
const DeliveryStatus = z.enum(["delivered", "waiting", "failed", "withheld"]);

/** Where alerts go. */
export const AlertChannel = z.object({
  id: z.string(),
  kind: z.enum(["webhook", "email"]),
  name: z.string(),
  /** The webhook's URL or the e-mail address. */
  target: z.string(),
  isOn: z.boolean(),
  createdBy: z.string().nullable(),
  createdAt: Timestamp,
  lastDelivery: z
    .object({
      at: Timestamp,
      status: DeliveryStatus,
      message: z.string().nullable(),
    })
    .nullable(),
});
export type AlertChannel = z.infer<typeof AlertChannel>;
export const CreateAlertChannel = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("webhook"),
    name: z.string().trim().min(1).max(100),
    target: z
      .url({ protocol: /^https?$/, error: "Give a URL such as https://hooks.example.com/mcp." })
      .max(2000),
  }),
  z.object({
    kind: z.literal("email"),
    name: z.string().trim().min(1).max(100),
    target: z.email("Give an e-mail address such as ops@example.com.").max(320),
  }),
]);
/** The one answer that holds the secret by which a receiver checks signatures; null for e-mail. */
export const CreatedAlertChannel = AlertChannel.extend({ secret: z.string().nullable() });
/** `POST …/alert-channels/{channel}/test`: what to look for in the deliveries. */
export const AlertTest = z.object({ deliveryId: z.string() });
export const UpdateAlertChannel = z.object({ isOn: z.boolean() });

/**
 * How an alert ended: it is over; it got worse and another alert tells so; or nobody looks any more, for its rule was turned off
 * or its server is not active.
 */
export const AlertEnd = z.enum(["over", "worse", "unwatched"]);
export type AlertEnd = z.infer<typeof AlertEnd>;

/** Something that crossed a line. Each line is told once per period. */
export const Alert = z.object({
  id: z.string(),
  /** One of `ALERT_RULES`, or `credits_used`, `agent_budget_used`, `loop_suspected`, `top_up_failed`, `payment_disputed`. Open list. */
  rule: z.string(),
  /** `organization`, the id of the agent or the server, or `node:` and the name of an edge. */
  scope: z.string(),
  severity: z.enum(["info", "warning", "critical"]),
  /** Percent, of rules with a threshold. */
  threshold: z.number().int().nullable(),
  title: z.string(),
  detail: z.string(),
  /** Path in the dashboard where it is looked into. */
  path: z.string(),
  /** Each line is told once per period; of rules that look at a state, since the one before was over. */
  periodStart: Timestamp,
  firedAt: Timestamp,
  /** Of rules that look at a state: when it was over; null while it lasts, and of others. */
  resolvedAt: Timestamp.nullable(),
  /** Null while it lasts. */
  endedAs: AlertEnd.nullable(),
  /** The incident that it opened or updated. */
  incidentId: z.string().nullable(),
});
export type Alert = z.infer<typeof Alert>;
export const AlertPage = pageOf(Alert);
export type AlertPage = z.infer<typeof AlertPage>;

/**
 * What a webhook gets, signed as Standard Webhooks say: one message when an alert begins and, where that arrived, one when it has
 * ended. Each comes at least once and always under its own `webhook-id`; `data.id` is the same in both.
 */
export interface AlertWebhook {
  /** `alert.` and the rule; with `.resolved` behind it when the alert has ended, e.g. `alert.error_burn.resolved`. */
  readonly type: string;
  /** When it began: `data.firedAt`; of the second message when it ended: `data.resolvedAt`. */
  readonly timestamp: string;
  /** `title` and `detail` tell what was wrong in both messages, `endedAs` how it ended. */
  readonly data: Alert & {
    readonly organizationId: string;
    /** Where it is looked into. */
    readonly url: string;
  };
}

export const AlertDelivery = z.object({
  id: z.string(),
  alertId: z.string(),
  /** Whether it tells that the alert began or that it has ended. */
  kind: z.enum(["begun", "resolved"]),
  channelId: z.string(),
  channelName: z.string(),
  title: z.string(),
  status: DeliveryStatus,
  attempts: z.number().int(),
  message: z.string().nullable(),
  at: Timestamp,
  nextAttemptAt: Timestamp.nullable(),
});
export type AlertDelivery = z.infer<typeof AlertDelivery>;

/** `GET|PUT …/ai-credits/alerts`: percentages of the credits of the month (opening balance and what was added) that are used. */
export const CreditAlertSettings = z.object({
  thresholds: z.array(z.number().int().min(1).max(100)).max(10),
});
export type CreditAlertSettings = z.infer<typeof CreditAlertSettings>;

/** Rules that look at the state of servers and of the installation, besides those of credits and budgets. */
export const ALERT_RULES = [
  "error_burn",
  "smoke_failed",
  "canary_failed",
  "crash_loop",
  "log_pipeline",
  "metering_stale",
  "ledger_drift",
] as const;
/** `GET …/alert-rules`. */
export const AlertRule = z.object({
  rule: z.string(),
  title: z.string(),
  /** What it looks at, in a sentence. */
  description: z.string(),
  isOn: z.boolean(),
  /** Of `error_burn`: the share of calls that are to succeed, e.g. 0.99; null for rules without one. */
  objective: z.number().min(0.5).max(0.9999).nullable(),
  /** How many of its states last right now. */
  firing: z.number().int(),
});
export type AlertRule = z.infer<typeof AlertRule>;
/** `PATCH …/alert-rules/{rule}`. */
export const UpdateAlertRule = AlertRule.pick({ isOn: true, objective: true }).partial();
