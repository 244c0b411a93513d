import type {
  ChangeEvidence,
  ErrorGroup,
  Evidence,
  EvidenceSection,
  UnlistedTool,
} from "#lib/contract/index.ts";
import { collected, errorGroup, missing, type shift } from "../healthy-evidence.ts";

/** The value of a section, to be changed in place. */
export function inside<Value>(section: EvidenceSection<Value>): Value {
  if (section.status === "missing") throw new Error("The section is missing.");
  return section.value;
}
export const AT = "2026-11-20T14:25:00.000Z";

export function fails(message: string, more: Partial<ErrorGroup> = {}) {
  return (evidence: Evidence): void => {
    const group = errorGroup(message, more);
    const { now, before } = inside(evidence.logs.counts);
    now.callsOk = Math.max(0, now.callsOk - group.count);
    now.byOutcome = { ...now.byOutcome, ok: now.callsOk + 4, [group.outcome]: group.count };
    before.callsOk -= group.countBefore;
    const errors = inside(evidence.logs.errors);
    errors.groups.push({ ...group, fingerprint: `${group.fingerprint}${errors.groups.length}` });
    errors.groupsTotal += 1;
  };
}

export function denied(
  reason: string,
  count = 60,
  more: {
    countBefore?: number;
    agentId?: string | null;
    backAt?: string;
    caller?: string;
    between?: number;
    tool?: string;
  } = {},
) {
  return (evidence: Evidence): void => {
    const agentId = more.agentId ?? null;
    const caller = more.caller ?? (agentId === null ? "key:key_2" : `agent:${agentId}`);
    inside(evidence.gateway.decisions).push({
      reason,
      gatewayId: "gw_1",
      count,
      countBefore: more.countBefore ?? 0,
      firstAt: "2026-11-20T14:20:00.000Z",
      lastAt: AT,
      examples: [
        {
          requestId: "req_denied",
          at: AT,
          principal: "key:key_2",
          tool: more.tool ?? "get_ticket",
          agentId,
          explanation: {
            presented: { aud: "https://other.example", iss: "https://login.other.example", exp: AT },
            expected: {
              ...{ aud: "https://mcp.example", iss: "https://login.example" },
              ...(reason === "budget_exceeded"
                ? { limitSource: "agent_budget", remainingMicros: "200" }
                : {}),
            },
            fix: "Do the right thing.",
          },
        },
      ],
      callers: [{ caller, count, lastAt: AT, backAt: more.backAt ?? null, between: more.between ?? 0 }],
    });
  };
}

export function changed(
  action: string,
  detail: string,
  at: string,
  kind: ChangeEvidence["kind"] = "operation",
) {
  return (evidence: Evidence): void => {
    inside(evidence.hosting.changes).push({
      id: `op_${action}`,
      kind,
      action,
      entity: "server",
      entityId: "srv_1",
      actor: "Ada",
      at,
      state: kind === "operation" ? "succeeded" : null,
      error: null,
      detail,
    });
  };
}

export function answers(byAnswer: Record<string, number>) {
  return (evidence: Evidence): void => {
    const [host] = inside(evidence.logs.upstream);
    if (host) host.byAnswer = byAnswer;
  };
}

export const connected = (evidence: Evidence): void => {
  const { server } = evidence.subject;
  if (server)
    Object.assign(server, { kind: "connected", version: null, upstreamUrl: "https://api.example/mcp" });
  evidence.logs.console = missing("not_applicable", "Somebody else runs this server.");
};

export function more(calls: number, shifts: ReturnType<typeof shift>[]) {
  return (evidence: Evidence): void => {
    const [previous] = inside(evidence.usage.comparisons);
    if (previous) Object.assign(previous, { now: { calls, errors: 0 }, shifts });
    const { now } = inside(evidence.logs.counts);
    Object.assign(now, { calls, callsOk: calls });
    inside(evidence.usage.repeats).calls = calls;
  };
}

export function slower(totalP95Ms: number, upstreamP95Ms: number) {
  return (evidence: Evidence): void => {
    Object.assign(inside(evidence.logs.hops).now, { totalP95Ms, upstreamP95Ms });
  };
}

export function moved(kind: string, nowMicros: string, name: string | null = null, count = 1) {
  return (evidence: Evidence): void => {
    inside(evidence.billing.movements).push({
      kind,
      agentId: name === null ? null : `agt_${name}`,
      agentName: name,
      priceVersion: name === null ? null : "team@1",
      nowMicros,
      beforeMicros: "0",
      count,
      countBefore: 0,
      txIds: [`tx_${kind}`],
    });
  };
}

export const server =
  (values: Partial<NonNullable<Evidence["subject"]["server"]>>) =>
  (evidence: Evidence): void => {
    if (evidence.subject.server) Object.assign(evidence.subject.server, values);
  };
export const quiet = (evidence: Evidence): void => {
  const none = {
    lists: 0,
    listsOk: 0,
    calls: 0,
    callsOk: 0,
    byOutcome: {},
    p50Ms: null,
    p95Ms: null,
    responseBytesP95: null,
  };
  Object.assign(inside(evidence.logs.counts).now, none, { byDoor: { direct: 0, pinned: 0, gateway: 0 } });
  Object.assign(inside(evidence.logs.hops).now, { totalP95Ms: null, upstreamP95Ms: null });
  Object.assign(inside(evidence.budget.calls), { lists: 0, listsOk: 0, calls: 0, callsOk: 0 });
  evidence.gateway.reach = collected([]);
  for (const compared of inside(evidence.usage.comparisons))
    Object.assign(compared, { now: { calls: 0, errors: 0 } });
};
/** So many calls in each window, all of which went well. */
export const few =
  (calls: number) =>
  (evidence: Evidence): void => {
    const { now, before } = inside(evidence.logs.counts);
    for (const counted of [now, before])
      Object.assign(counted, { calls, callsOk: calls, byOutcome: { ok: calls + counted.listsOk } });
    inside(evidence.usage.repeats).calls = calls;
  };
export const noCredits = (evidence: Evidence): void => {
  Object.assign(inside(evidence.billing.balance), { availableMicros: "0", heldMicros: "0" });
};
export const unprobed = (evidence: Evidence): void => {
  for (const part of ["modern", "legacy", "canary", "asAgent", "canaryAsAgent"])
    Object.assign(evidence.smoke, {
      [part]: missing("not_allowed", "Fresh checks were left out, as asked."),
    });
  evidence.hosting.check = missing("not_allowed", "Fresh checks were left out, as asked.");
  evidence.gateway.doctor = missing("not_allowed", "Fresh checks were left out, as asked.");
};
export const broken = (evidence: Evidence): void => {
  const [node] = inside(evidence.logs.pipeline);
  if (node) node.state = "lost";
};
export const removed =
  (lastListAt: string) =>
  (evidence: Evidence): void => {
    Object.assign(inside(evidence.smoke.tools), {
      removed: ["get_ticket"],
      added: ["fetch_ticket"],
      changedAt: "2026-11-20T14:10:00.000Z",
    });
    Object.assign(inside(evidence.smoke.modern), {
      tools: ["close_ticket", "fetch_ticket", "search_tickets"],
    });
    Object.assign(inside(evidence.smoke.legacy), {
      tools: ["close_ticket", "fetch_ticket", "search_tickets"],
    });
    Object.assign(inside(evidence.budget.calls), { callsOk: 10, lastListAt, unknownTools: ["get_ticket"] });
    fails("MCP error -32602: Tool get_ticket not found")(evidence);
  };
export const paused =
  (reason: string) =>
  (evidence: Evidence): void => {
    Object.assign(inside(evidence.budget.agent), {
      status: "paused",
      pause: { reason, at: AT, note: "maintenance", by: reason === "by_hand" ? "Ada" : null },
    });
    Object.assign(inside(evidence.budget.calls), { callsOk: 10 });
  };
export const spent = (evidence: Evidence): void => {
  const [layer] = inside(evidence.budget.layers);
  if (layer) Object.assign(layer, { spentMicros: "10000000", remainingMicros: "0" });
};
/** A grant names another tool only. */
export const notGranted = (evidence: Evidence): void => {
  evidence.budget.tools = collected([
    { tool: "get_ticket", isAllowed: false, reason: "grant_missing", detail: "No grant names it." },
    { tool: "search_tickets", isAllowed: true, reason: "allowed", detail: null },
  ]);
};
/** Callers name a tool that is not listed; calls of it fail some other way. */
export const wanted =
  (tool: string, calls: number, more: Partial<UnlistedTool> = {}) =>
  (evidence: Evidence): void => {
    inside(evidence.logs.unlistedTools).push({
      tool,
      calls,
      denied: 0,
      firstAt: "2026-11-20T14:20:00.000Z",
      lastAt: AT,
      lastOfferedAt: null,
      callers: [{ client: "desk-app", agentId: null, calls }],
      ...more,
    });
  };
/** The evidence is collected an hour after the window. */
export const ofThePast = (evidence: Evidence): void => {
  evidence.collectedAt = "2026-11-20T15:30:00.000Z";
};
export const detached = (evidence: Evidence): void => {
  inside(evidence.budget.agent).isAttached = false;
};
export const unprobedAgent = (evidence: Evidence): void => {
  evidence.smoke.asAgent = missing("timeout", "It was not there within 10 s.");
};
export const all =
  (...changes: ((evidence: Evidence) => void)[]) =>
  (evidence: Evidence): void => {
    for (const change of changes) change(evidence);
  };
export const askedTool = (evidence: Evidence): void => {
  evidence.subject.tool = "get_ticket";
};
export const PUBLISHED = changed("publish", "version 1.2.0 to 1.3.0", "2026-11-20T14:18:00.000Z");
export const KEY_SET = changed(
  "server.updateConfig",
  "environment: API_KEY",
  "2026-11-20T14:19:00.000Z",
  "audit",
);
