import {
  Ban,
  Check,
  Clock,
  Gauge,
  KeyRound,
  type LucideIcon,
  Scaling,
  ServerCrash,
  TriangleAlert,
  Unplug,
  Wallet,
  X,
} from "lucide-react";
import type { Tone } from "#components/ui/pill.tsx";
import type { Outcome, RequestRow, Source } from "#lib/contract/index.ts";

interface OutcomeLook {
  readonly label: string;
  readonly tone: Tone;
  readonly icon: LucideIcon;
  /** What it means for the one who looks into it. */
  readonly meaning: string;
}

/** How each outcome looks and what it means; one list for the table, the filter and the details. */
export const OUTCOME_LOOK: Readonly<Record<Outcome, OutcomeLook>> = {
  ok: { label: "ok", tone: "ok", icon: Check, meaning: "Answered." },
  tool_error: {
    label: "tool error",
    tone: "fail",
    icon: X,
    meaning: "The tool ran and reported an error (isError).",
  },
  protocol_error: {
    label: "protocol error",
    tone: "fail",
    icon: TriangleAlert,
    meaning: "The server answered with a JSON-RPC error.",
  },
  auth_denied: {
    label: "not signed in",
    tone: "warn",
    icon: KeyRound,
    meaning: "No valid credential was presented.",
  },
  grant_denied: {
    label: "not granted",
    tone: "warn",
    icon: KeyRound,
    meaning: "The caller may not use this.",
  },
  rate_limited: {
    label: "rate limited",
    tone: "warn",
    icon: Gauge,
    meaning: "Too many calls in a short time.",
  },
  budget_denied: {
    label: "agent limit",
    tone: "warn",
    icon: Wallet,
    meaning: "A limit of the agent stopped it: a cap without enough left, a pause, or its loop guard.",
  },
  credit_denied: {
    label: "no credit",
    tone: "warn",
    icon: Wallet,
    meaning: "The organization has no credit left.",
  },
  too_large: { label: "too large", tone: "fail", icon: Scaling, meaning: "A body was larger than allowed." },
  timeout: { label: "timeout", tone: "fail", icon: Clock, meaning: "No answer came in time." },
  upstream_error: {
    label: "upstream error",
    tone: "fail",
    icon: Unplug,
    meaning: "The connected server could not be reached or answered wrongly.",
  },
  runtime_error: {
    label: "runtime error",
    tone: "fail",
    icon: ServerCrash,
    meaning: "The hosted server crashed or did not start.",
  },
  canceled: {
    label: "canceled",
    tone: "neutral",
    icon: Ban,
    meaning: "The client gave up before the answer.",
  },
};

/** An outcome that this version of the page does not know still has a look. */
export const lookOfOutcome = (outcome: string): OutcomeLook =>
  outcome in OUTCOME_LOOK
    ? OUTCOME_LOOK[outcome as Outcome]
    : { label: outcome.replaceAll("_", " "), tone: "unknown", icon: TriangleAlert, meaning: "" };

export const SOURCE_LABELS: Readonly<Record<Source, string>> = {
  agent: "agent",
  embed: "embed",
  external: "external",
  dashboard: "dashboard",
  smoke: "smoke",
};

/** Stands for the message of a request that was turned away before it was read. */
const NOT_READ = "not read";

/** What a row was about: the tool, else the method, else what kind of message it was. */
export const subjectOf = (row: Pick<RequestRow, "tool" | "method" | "kind" | "decision">): string =>
  row.tool ?? row.method ?? (row.decision?.allowed === false ? NOT_READ : row.kind);

export const clientOf = ({ client }: Pick<RequestRow, "client">): string | null =>
  client.name === null ? null : client.version === null ? client.name : `${client.name} ${client.version}`;
