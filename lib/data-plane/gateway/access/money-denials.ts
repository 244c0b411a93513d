import type { LimitSource } from "#lib/contract/index.ts";
import type { ErrorCode } from "#lib/kernel/errors.ts";
import { formatUsd } from "#lib/kernel/money.ts";
import type { AgentEntry, ServerEntry } from "../../directory/index.ts";
import type { MeterRefusal } from "../../metering/index.ts";
import type { Principal } from "../exchange.ts";
import { type Denial, denial } from "./denial.ts";
import { agentPageOf, billingPageOf } from "./manage-pages.ts";

interface Denied {
  readonly server: ServerEntry;
  readonly principal: Principal;
  readonly agent: AgentEntry | null;
  readonly grantId: string | null;
  readonly publicUrl: string;
}

/** A call that a limit stopped before it ran, in words that an agent can act on. */
export function deniedByMeter(refusal: MeterRefusal, denied: Denied): Denial {
  const { server, principal, agent, grantId, publicUrl } = denied;
  const { reason, limitSource, scopeId, capMicros, remainingMicros, resetsAtMs, retryAfterSeconds } = refusal;
  const isCredits = limitSource === "organization_credits";
  const manageUrl =
    isCredits || agent === null ? billingPageOf(publicUrl, server) : agentPageOf(publicUrl, server, agent.id);
  const resetsAt = resetsAtMs === null ? null : new Date(resetsAtMs).toISOString();
  const isSetAside = retryAfterSeconds !== null && limitSource in LEFT_OF;
  const { message, fix } = isSetAside ? setAsideWords(limitSource) : WORDS[limitSource];
  const amounts = remainingMicros === null ? "" : ` Left: $${formatUsd(remainingMicros)}${ofCap(capMicros)}.`;
  const reset = resetsAt === null || isSetAside ? "" : ` It starts again at ${resetsAt}.`;
  return denial(reason, {
    code: isSetAside ? "rate_limited" : codeOf(limitSource),
    outcome: isCredits ? "credit_denied" : "budget_denied",
    message: `${message}${amounts}${reset} Manage it at ${manageUrl}`,
    presented: { principal: principal.label, scope: scopeId.replace("\n", " ") },
    expected: {
      limitSource,
      ...(capMicros === null ? {} : { capMicros: String(capMicros) }),
      ...(remainingMicros === null ? {} : { remainingMicros: String(remainingMicros) }),
      ...(resetsAt === null ? {} : { resetsAt }),
    },
    fix,
    principal: principal.label,
    grantId,
    limit: {
      limitSource,
      scopeId,
      remainingMicros: remainingMicros === null ? null : String(remainingMicros),
      resetsAt,
      manageUrl,
    },
    ...(retryAfterSeconds === null ? {} : { retryAfterSeconds }),
  });
}

const ofCap = (capMicros: bigint | null): string =>
  capMicros === null ? "" : ` of $${formatUsd(capMicros)}`;

const codeOf = (limitSource: LimitSource): ErrorCode => {
  if (limitSource === "unavailable") return "unavailable";
  return limitSource === "agent_paused" || limitSource === "loop_suspected"
    ? "forbidden"
    : "payment_required";
};

const LEFT_OF: Readonly<Partial<Record<LimitSource, string>>> = {
  organization_credits: "the organization's credits",
  agent_budget: "the monthly budget of this agent",
  user_budget: "the monthly budget of this end user",
  session_budget: "the budget of this session",
};

/** Other calls that run have set aside what this one needs; they give back what they do not cost. */
const setAsideWords = (limitSource: LimitSource): { message: string; fix: string } => ({
  message: `What is left of ${LEFT_OF[limitSource]} is set aside for calls that run now. Try again in a second.`,
  fix: "Each call sets aside the most that it can cost until it ends: let fewer run at once, or raise the limit.",
});

const WORDS: Readonly<Record<LimitSource, { message: string; fix: string }>> = {
  organization_credits: {
    message: "The organization has too few credits for this call. Do not try again until credits were added.",
    fix: "Add credits to the organization.",
  },
  agent_budget: {
    message: "The monthly budget of this agent is too small for another call. Stop, and tell your user.",
    fix: "Raise the monthly cap of the agent, or wait for the next month.",
  },
  user_budget: {
    message: "The monthly budget of this end user is too small for another call. Stop, and tell the user.",
    fix: "Raise the cap of the end user, or the default cap, or wait for the next month.",
  },
  session_budget: {
    message: "The budget of this session is too small for another call. Stop, and tell your user.",
    fix: "Raise the session cap of the agent, or begin a new session.",
  },
  agent_paused: {
    message: "This agent is paused. Do not try again; ask its owner to resume it.",
    fix: "Resume the agent on its page.",
  },
  loop_suspected: {
    message:
      "This agent made the same call with the same arguments again and again, so it was paused. Do not try again; ask its owner to look at it.",
    fix: "Find out why the agent repeats itself, then resume it on its page.",
  },
  unavailable: {
    message: "The budget of this call cannot be asked at the moment. Try again in a second.",
    fix: "Budgets are kept in the database: see whether this node reaches it. Agents may go on for a bounded amount when their budget says so.",
  },
};
