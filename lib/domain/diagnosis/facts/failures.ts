import type { ErrorGroup, Evidence } from "#lib/contract/index.ts";
import { isCollected, valueIn } from "./collected.ts";
import { isBeforeKept } from "./kept.ts";
import { workedThen } from "./past.ts";
import { unlistedTools } from "./tool-lists.ts";
import { failingAlone } from "./volume.ts";

/** What kind of thing went wrong, told from the outcome and the words of an error. */
export type FailureKind =
  | "authorization"
  | "arguments"
  | "unknown_tool"
  | "too_large"
  | "too_long"
  | "crash"
  | "unreachable"
  | "upstream_error"
  | "code";

/** Calls that went wrong in one way, or a probe that did. */
export interface Failure {
  readonly kind: FailureKind;
  readonly from: "calls" | "probe" | "canary";
  readonly tool: string | null;
  readonly outcome: string;
  readonly message: string;
  /** Of probes 1 and 0. */
  readonly count: number;
  readonly countBefore: number;
  /** Of calls; of probes when they were made. */
  readonly firstAt: string;
  readonly lastAt: string;
  /** Ids of calls, or the part of the evidence that the probe is. */
  readonly examples: readonly string[];
}

const CRASH =
  /server crashed|used too much (?:memory|cpu)|server was stopped (?:because|while)|runtime (?:crashed|was ended|ended|is not running)|server's runtime (?:refused|closed|is not running)/i;
const UNREACHABLE =
  /refused the connection|name that does not resolve|cannot be reached|did not accept a connection|TLS certificate|closed the connection before|may not be reached|\bECONN(?:REFUSED|RESET)\b|\bENOTFOUND\b|\bEAI_AGAIN\b|\bfetch failed\b|connection refused|network connection lost/i;
/** What a probe finds in one era of a server that speaks the other. */
const OTHER_ERA = /does not offer the (?:modern|legacy) protocol/i;
const ARGUMENTS =
  /invalid (?:arguments|params|input)|input validation|invalid_type|required propert|missing required|\bvalidation (?:error|failed)/i;
/** The tool itself, by its name or without: what a tool did not find is another matter. */
const UNKNOWN_TOOL =
  /unknown tool|\btool:?(?: ["'`“]?[\w./-]{1,128}["'`”]?)?:? (?:was |is |has )?(?:not (?:been )?(?:found|known|available|registered)|does not exist|disabled)|no such tool|-32601/i;
/** Of the protocol; in the words of a tool it is somebody else's method, such as an API's. */
const NO_HANDLER = /no handler|method not found|not implemented/i;
/** A number is a status where something says so: tickets have numbers too. */
const AUTHORIZATION =
  /\b(?:http|status|code|error|answer(?:ed|s)?|said|says|return(?:ed|s)?|respon(?:ded|ds)|got|with)(?:\W{1,3}(?:status|code|error|with))*\W{1,3}(?:401|403|407)\b|unauthori[sz]ed|forbidden|not authori[sz]ed|permission denied|access denied|insufficient (?:scope|permission)|(?:invalid|wrong|bad|missing|expired) (?:api[ _-]?key|token|credential)|wants credentials|token is not accepted/i;
const UPSTREAM_ERROR =
  /\b(?:http|status|code|error|answer(?:ed|s)?|said|says|return(?:ed|s)?|respon(?:ded|ds)|got|with)(?:\W{1,3}(?:status|code|error|with))*\W{1,3}5\d\d\b|bad gateway|service unavailable|gateway timeout/i;

/** Denials are the gateway's and told by their reason; canceled calls are the caller's. */
const NO_FAILURES: ReadonlySet<string> = new Set([
  "ok",
  "canceled",
  "auth_denied",
  "grant_denied",
  "rate_limited",
  "budget_denied",
  "credit_denied",
]);

export function failureKindOf(outcome: string, message: string, isHosted: boolean): FailureKind | null {
  if (NO_FAILURES.has(outcome) || OTHER_ERA.test(message)) return null;
  if (outcome === "too_large") return "too_large";
  if (outcome === "timeout") return "too_long";
  const isOfTool = outcome === "tool_error";
  if (!isOfTool && CRASH.test(message)) return "crash";
  if (UNREACHABLE.test(message)) {
    // What a connected server cannot reach is behind it; it answered itself.
    if (isOfTool && !isHosted) return "upstream_error";
    return outcome === "runtime_error" ? "crash" : "unreachable";
  }
  if (UNKNOWN_TOOL.test(message) || (!isOfTool && NO_HANDLER.test(message))) return "unknown_tool";
  if (ARGUMENTS.test(message)) return "arguments";
  if (message.includes("-32602")) return "arguments";
  if (AUTHORIZATION.test(message)) return "authorization";
  if (outcome === "upstream_error") return "upstream_error";
  if (UPSTREAM_ERROR.test(message) && (!isHosted || outcome === "tool_error")) return "upstream_error";
  return "code";
}

/** Shares of all calls from which failures count, by whether they are new. What tools say themselves may be their daily work. */
const NEW_SHARE_MIN = 0.05;
const NEW_TOOL_ERROR_SHARE_MIN = 0.15;
const OLD_SHARE_MIN = 0.2;
const OLD_TOOL_ERROR_SHARE_MIN = 0.5;
const COUNT_MIN = 3;

/** Failures of callers that are more than what always happens. None while it is not known how many calls went well. */
function failingGroups(evidence: Evidence): readonly { group: ErrorGroup; kind: FailureKind }[] {
  const errors = valueIn(evidence.logs.errors);
  const counts = valueIn(evidence.logs.counts);
  if (errors === null || counts === null) return [];
  const isHosted = evidence.subject.server?.kind === "hosted";
  const unlisted = new Map(unlistedTools(evidence).map((one) => [one.tool, one]));
  const isUnlisted = (tool: string | null): boolean => tool !== null && unlisted.has(tool);
  const isNew = (tool: string | null): boolean => tool !== null && unlisted.get(tool)?.lastOfferedAt === null;
  const kinds = errors.groups.flatMap((group) => {
    const told = failureKindOf(group.outcome, group.message, isHosted);
    if (told === null) return [];
    const kind = isUnlisted(group.tool) && isRefusalOfTool(group, told) ? ("unknown_tool" as const) : told;
    return [{ group, kind }];
  });
  const broken = brokenTools(evidence);
  return kinds.filter(({ group, kind }) => {
    const { requestId, tool } = evidence.subject;
    if (requestId !== null && group.requestIds.includes(requestId)) return true;
    if (group.count < (kind === "crash" ? 1 : COUNT_MIN)) return false;
    // Groups of one kind and tool are one failure in several words.
    const alike = kinds.filter((other) => other.kind === kind && other.group.tool === group.tool);
    const [count, countBefore] = [sum(alike, "count"), sum(alike, "countBefore")];
    const share = count / (count + counts.now.callsOk);
    const shareBefore = !isBeforeKept(evidence)
      ? share
      : countBefore === 0
        ? 0
        : countBefore / (countBefore + counts.before.callsOk);
    // Tools say no to what they are asked, and callers that are models try what does not fit.
    const isUsual =
      (kind === "code" && group.outcome === "tool_error") ||
      kind === "arguments" ||
      (kind === "unknown_tool" && isNew(group.tool));
    const isAsked = tool !== null && group.tool === tool;
    if (isOfAsked(evidence, group, isUsual) || broken.has(group.tool)) return true;
    // No call may end the process that serves all others.
    if (kind === "crash") return share > 2 * shareBefore || share >= NEW_SHARE_MIN;
    if (share > 2 * shareBefore)
      return share >= (isUsual && !isAsked ? NEW_TOOL_ERROR_SHARE_MIN : NEW_SHARE_MIN);
    return share >= (isUsual ? OLD_TOOL_ERROR_SHARE_MIN : OLD_SHARE_MIN);
  });
}

/** Tools whose calls mostly fail since lately while others work: few calls among those of all tools. */
const BROKEN_SHARE_MIN = 0.5;
const brokenTools = (evidence: Evidence): ReadonlySet<string | null> =>
  new Set(
    failingAlone(evidence, "tool").flatMap(({ key, now, before }) =>
      now.errors >= BROKEN_SHARE_MIN * now.calls && 2 * before.errors * now.calls <= now.errors * before.calls
        ? [key]
        : [],
    ),
  );

/** A server says of a tool that it does not have only that the call is not valid, when it does not say so. */
const isRefusalOfTool = ({ outcome, message }: ErrorGroup, told: FailureKind): boolean =>
  UNKNOWN_TOOL.test(message) || (outcome === "protocol_error" && (told === "arguments" || told === "code"));

/** Most of what the agent or client that is asked about does fails, and this is how: few calls among those of all callers. */
const ASKED_OK_SHARE_MAX = 0.8;
function isOfAsked(evidence: Evidence, group: ErrorGroup, isUsual: boolean): boolean {
  const { agent, client } = evidence.subject;
  const own = (valueIn(evidence.logs.failing) ?? []).filter(
    (call) =>
      call.tool === group.tool &&
      call.outcome === group.outcome &&
      (agent === null ? client !== null && call.client === client : call.agentId === agent.id),
  );
  if (own.length === 0) return false;
  if (agent === null) return own.length >= COUNT_MIN && !isUsual && !comesThrough(evidence, client);
  const calls = valueIn(evidence.budget.calls);
  return calls !== null && calls.calls >= COUNT_MIN && calls.callsOk <= ASKED_OK_SHARE_MAX * calls.calls;
}
/** The newest call of the client went well. */
const comesThrough = (evidence: Evidence, client: string | null): boolean =>
  (valueIn(evidence.gateway.reach) ?? []).some(
    (one) =>
      one.client === client &&
      one.stages.some(({ stage, state }) => stage === "tools/call" && state === "passed"),
  );

const sum = (groups: readonly { group: ErrorGroup }[], of: "count" | "countBefore"): number =>
  groups.reduce((total, { group }) => total + group[of], 0);

/** Everything that goes wrong: calls of callers, the most frequent first, then our probes. */
export function failuresOf(evidence: Evidence): Failure[] {
  const isHosted = evidence.subject.server?.kind === "hosted";
  const calls = failingGroups(evidence).map(
    ({ group, kind }): Failure => ({
      kind,
      from: "calls",
      tool: group.tool,
      outcome: group.outcome,
      message: group.message,
      count: group.count,
      countBefore: group.countBefore,
      firstAt: group.firstAt,
      lastAt: group.lastAt,
      examples: group.requestIds,
    }),
  );
  return [...calls, ...probeFailures(evidence, isHosted)];
}

function probeFailures(evidence: Evidence, isHosted: boolean): Failure[] {
  if (workedThen(evidence)) return [];
  const { modern, legacy, canary } = evidence.smoke;
  const eras = [
    ["smoke.modern", valueIn(modern)],
    ["smoke.legacy", valueIn(legacy)],
  ] as const;
  // A server may speak one era only: it fails when neither is answered.
  const isDown = eras.every(([, probe]) => probe?.status === "failed");
  const probes = isDown ? eras.flatMap(([part, probe]) => (probe ? [{ part, probe }] : [])) : [];
  const failures = probes.flatMap(({ part, probe }) =>
    probe.failure === null || isOurWords(probe.failure.code) || OTHER_ERA.test(probe.failure.message)
      ? []
      : [failureOf(evidence, "probe", part, null, probe.failure, isHosted)],
  );
  const called = valueIn(canary);
  if (called?.status !== "failed") return failures;
  const failure = called.failure ?? { code: "tool_error", message: called.answer ?? "" };
  if (isOurWords(failure.code)) return failures;
  const told = called.isToolError
    ? { code: "tool_error", message: called.answer ?? failure.message }
    : failure;
  return [...failures, failureOf(evidence, "canary", "smoke.canary", called.tool, told, isHosted)];
}

/** What our own door says about the server is judged from its state. */
const isOurWords = (code: string): boolean => code === "server_inactive" || code === "not_published";

function failureOf(
  evidence: Evidence,
  from: "probe" | "canary",
  part: string,
  tool: string | null,
  { code, message }: { code: string; message: string },
  isHosted: boolean,
): Failure {
  const outcome =
    code === "tool_error"
      ? "tool_error"
      : /timeout|timed_out/.test(code)
        ? "timeout"
        : code === "payload_too_large" || code === "too_large"
          ? "too_large"
          : isHosted
            ? "runtime_error"
            : "upstream_error";
  return {
    kind: failureKindOf(outcome, message, isHosted) ?? "code",
    from,
    tool,
    outcome,
    message,
    count: 1,
    countBefore: 0,
    firstAt: evidence.collectedAt,
    lastAt: evidence.collectedAt,
    examples: [part],
  };
}

export const failuresOfKind = (evidence: Evidence, kind: FailureKind): Failure[] =>
  failuresOf(evidence).filter((failure) => failure.kind === kind);
export const callsIn = (failures: readonly Failure[]): number =>
  failures.reduce((total, { from, count }) => total + (from === "calls" ? count : 0), 0);

/** Whether at least half of the calls that callers made fail behind the door, not at it; also when it is not known. */
export function mostCallsFail(evidence: Evidence): boolean {
  const counts = valueIn(evidence.logs.counts);
  if (counts === null || !isCollected(evidence, "logs.errors")) return true;
  return 2 * callsIn(failuresOf(evidence)) >= Math.max(counts.now.calls, 1);
}
