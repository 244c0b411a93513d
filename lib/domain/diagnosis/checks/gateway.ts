import type {
  DecisionEvidence,
  DecisionReason,
  Evidence,
  EvidenceRef,
  VerdictCode,
} from "#lib/contract/index.ts";
import type { Check } from "../check.ts";
import { valueIn } from "../facts/collected.ts";
import { CAUSE_OF_DENIAL, isKnownReason, tellingDenials } from "../facts/denials.ts";
import { gatewayPath, logPath, serverPath, valueRef } from "../facts/refs.ts";
import { clock, counted, listed, quoted, said } from "../facts/words.ts";

/** What a denied caller is told in the product, after `because`. */
export const DENIAL_WORDS: Readonly<Record<Exclude<DecisionReason, "allowed">, string>> = {
  credentials_missing: "they brought no credentials",
  credentials_ambiguous: "they brought two kinds of credentials at once",
  access_method_off: "this way of signing in is switched off",
  key_unknown: "their key is not known",
  key_expired: "their key has expired",
  key_revoked: "their key was revoked",
  key_of_other_gateway: "their key is for another gateway",
  token_malformed: "their access token is no JWT with the claims that are needed",
  token_algorithm_refused: "their access token is signed with an algorithm that is not accepted",
  token_key_unknown: "their access token is signed with a key that its issuer does not publish",
  token_signature_invalid: "the signature of their access token is not valid",
  token_expired: "their access token has expired",
  token_not_yet_valid: "their access token is not valid yet: a clock is wrong",
  token_issuer_mismatch: "their access token is from another issuer",
  token_audience_mismatch: "their access token was issued for another resource",
  token_scope_missing: "their access token lacks a scope",
  issuer_unreachable: "the authorization server cannot be reached",
  grant_missing_for_server: "no grant lets them use this server",
  grant_missing_for_tool: "no grant lets them call this tool",
  rate_limited: "they call more often than the limit allows",
  concurrency_limited: "they have more calls open than the limit allows",
  session_of_other_principal: "the session is somebody else's",
  session_unknown: "the session is not known any more",
  agent_paused: "the agent is paused",
  agent_not_attached: "the agent is not attached to this server",
  loop_suspected: "the agent repeated the same call and was paused",
  budget_exceeded: "a budget is used up",
  credits_exhausted: "the organization has too few credits",
  budget_unavailable: "budgets could not be asked",
  direct_access_off: "the direct URL is switched off",
  server_inactive: "the server is not active",
};

export const denialWords = (reason: string): string =>
  isKnownReason(reason) && reason !== "allowed" ? DENIAL_WORDS[reason] : `of ${said(reason, 60)}`;

export const denialRef = (evidence: Evidence, denied: DecisionEvidence): EvidenceRef => {
  const example = denied.examples[0];
  return {
    kind: "decision",
    id: example?.requestId ?? `gateway.decisions.${denied.reason}`,
    label: `${counted(denied.count, "request")} denied: ${said(denied.reason, 60)} (${denied.countBefore} before)`,
    at: denied.lastAt,
    path:
      gatewayPath(denied.gatewayId, "/logs", {
        window: "custom",
        from: evidence.window.from,
        to: evidence.window.to,
        decision: denied.reason,
      }) ?? logPath(evidence, { requestId: example?.requestId }),
  };
};

/** Causes for which a denial speaks: its own, and that nothing came through. */
function causesOf(reasons: readonly string[]): VerdictCode[] {
  const own = reasons.flatMap((reason) => (isKnownReason(reason) ? (CAUSE_OF_DENIAL[reason] ?? []) : []));
  const wrongUrl: VerdictCode[] = reasons.includes("direct_access_off") ? ["wrong_url"] : [];
  return [...new Set([...own, ...wrongUrl, "blocked_at_gateway" as const])];
}

function denials(id: string, title: string, reasons: readonly DecisionReason[]): Check {
  return {
    id,
    stage: "gateway",
    title,
    needs: ["gateway.decisions"],
    run(evidence) {
      const lookedAt = `Requests that were turned away: ${listed(reasons, 12)}.`;
      const all = (valueIn(evidence.gateway.decisions) ?? []).filter(({ reason }) =>
        reasons.some((one) => one === reason),
      );
      const telling = tellingDenials(evidence).filter(({ reason }) => reasons.some((one) => one === reason));
      const [worst] = telling;
      const rulesOut = [...new Set(reasons.flatMap((reason) => CAUSE_OF_DENIAL[reason] ?? []))];
      if (worst === undefined) {
        const count = all.reduce((sum, denied) => sum + denied.count, 0);
        return {
          status: "pass",
          lookedAt,
          finding:
            count === 0
              ? "None."
              : `${counted(count, "request")}, no more than strangers cause while callers come in.`,
          evidence: all.slice(0, 3).map((denied) => denialRef(evidence, denied)),
          rulesOut,
        };
      }
      return {
        status: "fail",
        lookedAt,
        finding: `${telling
          .map(
            (denied) =>
              `${counted(denied.count, "request")} denied since ${clock(denied.firstAt, evidence.at)} because ${denialWords(denied.reason)}`,
          )
          .slice(0, 3)
          .join("; ")}.`,
        evidence: telling.slice(0, 10).map((denied) => denialRef(evidence, denied)),
        supports: causesOf(telling.map(({ reason }) => reason)),
        fix: telling
          .flatMap(({ examples }) =>
            examples[0]?.explanation ? [said(examples[0].explanation.fix, 300)] : [],
          )
          .slice(0, 3),
      };
    },
  };
}

const keyEvents: Check = {
  id: "gateway.key_events",
  stage: "gateway",
  title: "Keys revoked and expired",
  needs: ["gateway.keys"],
  run(evidence) {
    const lookedAt =
      "Keys of the gateway, the server and the agent that changed in or shortly before the window.";
    const events = (valueIn(evidence.gateway.keys) ?? []).filter(({ event }) => event !== "created");
    if (events.length === 0)
      return { status: "pass", lookedAt, finding: "None was revoked or expired.", evidence: [] };
    const used = tellingDenials(evidence).some(
      ({ reason }) => reason === "key_revoked" || reason === "key_expired",
    );
    return {
      status: used ? "warn" : "pass",
      lookedAt,
      finding: `${events
        .slice(0, 3)
        .map(({ name, event, at }) => `${quoted(name, 80)} ${event} at ${clock(at, evidence.at)}`)
        .join("; ")}${used ? "" : "; nobody uses it"}.`,
      evidence: events.slice(0, 10).map(({ id, name, event, at }) => ({
        kind: "change",
        id,
        label: `${said(name, 80)} ${event}`,
        at,
        path: "/settings/audit-log",
      })),
      supports: ["key_revoked", "key_expired"],
    };
  },
};

const upstreamAuthChange: Check = {
  id: "gateway.upstream_auth",
  stage: "gateway",
  title: "Upstream credentials",
  needs: ["hosting.changes"],
  run(evidence) {
    const lookedAt = "Changes of upstream headers and secrets in the window or shortly before it.";
    const found = (valueIn(evidence.hosting.changes) ?? []).filter(({ detail }) =>
      /upstreamHeaders|environment|upstreamUrl/.test(detail),
    );
    const [newest] = found;
    if (newest === undefined) return { status: "pass", lookedAt, finding: "None was changed.", evidence: [] };
    return {
      status: "pass",
      lookedAt,
      finding: `${said(newest.detail, 200)} changed at ${clock(newest.at, evidence.at)} by ${said(newest.actor, 80)}.`,
      evidence: found.slice(0, 5).map((change) => ({
        kind: "change",
        id: change.id,
        label: said(change.detail, 300),
        at: change.at,
        path: "/settings/audit-log",
      })),
    };
  },
};

const doctor: Check = {
  id: "gateway.doctor",
  stage: "gateway",
  title: "Gateway doctor",
  needs: ["gateway.doctor"],
  run(evidence) {
    const found = valueIn(evidence.gateway.doctor) ?? [];
    const lookedAt = "The gateway's settings, issuer, grants and door, looked at now.";
    const gatewayId = valueIn(evidence.hosting.urls)?.gatewayId ?? null;
    const [worst] = found;
    if (worst === undefined) return { status: "pass", lookedAt, finding: "All is well.", evidence: [] };
    return {
      status: "warn",
      lookedAt,
      finding: `${said(worst.title, 100)}: ${said(worst.detail, 300)}`,
      evidence: found
        .slice(0, 10)
        .map(({ id, title, detail }) =>
          valueRef(
            `gateway.doctor.${said(id, 80)}`,
            `${said(title, 100)}: ${said(detail, 200)}`,
            gatewayPath(gatewayId, "/doctor"),
          ),
        ),
      supports: found.some(({ id }) => /issuer|jwks|keys/i.test(id)) ? ["issuer_unreachable"] : [],
      fix: found.flatMap(({ fix }) => (fix === "" ? [] : [said(fix, 300)])).slice(0, 3),
    };
  },
};

const reach: Check = {
  id: "gateway.reach",
  stage: "gateway",
  title: "How far clients came",
  needs: ["gateway.reach"],
  run(evidence, { symptom }) {
    const { client, agent } = evidence.subject;
    const all = valueIn(evidence.gateway.reach) ?? [];
    const asked = all.filter(
      (one) => (client !== null && one.client === client) || (agent !== null && one.agentId === agent.id),
    );
    const lookedAt = "Discovery, authorization, initialize, tools/list and tools/call of each client.";
    const whom = agent === null ? client : agent.name;
    const path = serverPath(evidence, "/logs");
    if (whom !== null && asked.length === 0)
      return {
        status: symptom === null ? "unknown" : "warn",
        lookedAt,
        finding: `Nothing of ${said(whom, 100)} arrived in the window.`,
        evidence: [
          { kind: "reach", id: "gateway.reach", label: `0 requests of ${said(whom, 100)}`, at: null, path },
        ],
        supports: ["no_traffic"],
      };
    const shown = whom === null ? all : asked;
    if (shown.length === 0) return { status: "unknown", lookedAt, finding: "No client came.", evidence: [] };
    const stuck = shown.filter(
      ({ stages }) =>
        stages.some(({ stage, state }) => stage === "tools/call" && state === "passed") === false &&
        stages.some(({ state }) => state === "failed"),
    );
    return {
      status: stuck.length > 0 && (whom !== null || stuck.length === shown.length) ? "warn" : "pass",
      lookedAt,
      finding:
        stuck.length === 0
          ? `${counted(shown.length, "client")} came as far as they went on.`
          : `${listed(
              stuck.map(
                (one) =>
                  `${one.client === "" ? "an unnamed client" : said(one.client, 80)} got no further than ${one.lastStage ?? "the door"}`,
              ),
              3,
            )}.`,
      evidence: shown.slice(0, 5).map((one) => ({
        kind: "reach",
        id: `gateway.reach.${said(one.client, 80)}`,
        label: `${one.client === "" ? "unnamed client" : said(one.client, 80)}: last ${one.lastStage ?? "nothing"}`,
        at: one.lastAt,
        path,
      })),
      rulesOut: ["no_traffic"],
    };
  },
};

export const GATEWAY_CHECKS: readonly Check[] = [
  denials("gateway.credentials", "Credentials", [
    "credentials_missing",
    "credentials_ambiguous",
    "access_method_off",
  ]),
  denials("gateway.keys", "Keys", ["key_unknown", "key_expired", "key_revoked", "key_of_other_gateway"]),
  denials("gateway.tokens", "Access tokens", [
    "token_expired",
    "token_not_yet_valid",
    "token_audience_mismatch",
    "token_issuer_mismatch",
    "token_scope_missing",
    "token_malformed",
    "token_algorithm_refused",
    "token_key_unknown",
    "token_signature_invalid",
    "issuer_unreachable",
  ]),
  denials("gateway.grants", "Grants", ["grant_missing_for_server", "grant_missing_for_tool"]),
  denials("gateway.limits", "Rate limits", ["rate_limited", "concurrency_limited"]),
  denials("gateway.budgets", "Budgets and credits", [
    "budget_exceeded",
    "credits_exhausted",
    "budget_unavailable",
  ]),
  denials("gateway.agents", "Agents", ["agent_paused", "agent_not_attached", "loop_suspected"]),
  denials("gateway.doors", "Doors", [
    "direct_access_off",
    "server_inactive",
    "session_of_other_principal",
    "session_unknown",
  ]),
  keyEvents,
  upstreamAuthChange,
  doctor,
  reach,
];
