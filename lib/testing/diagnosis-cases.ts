import type {
  ChangeEvidence,
  ErrorGroup,
  Evidence,
  EvidenceSection,
  Symptom,
  VerdictCode,
} from "#lib/contract/index.ts";
import { collected, errorGroup, healthyEvidence, missing, regionHealth, shift } from "./healthy-evidence.ts";

/** Healthy evidence in which one thing is different, or two, and what must be said of it. */
export interface Case {
  readonly name: string;
  readonly symptom: Symptom | null;
  change(evidence: Evidence): void;
  /** The cause that is named first, and one that is named as well. */
  readonly expect: "healthy" | "abstained" | readonly [VerdictCode, VerdictCode?];
}

export function evidenceOf({ change }: Pick<Case, "change">): Evidence {
  const evidence = healthyEvidence();
  change(evidence);
  return evidence;
}

/** The value of a section, to be changed in place. */
function inside<Value>(section: EvidenceSection<Value>): Value {
  if (section.status === "missing") throw new Error("The section is missing.");
  return section.value;
}
const AT = "2026-11-20T14:25:00.000Z";

function fails(message: string, more: Partial<ErrorGroup> = {}) {
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

function denied(reason: string, count = 60, more: { countBefore?: number; agentId?: string | null } = {}) {
  return (evidence: Evidence): void => {
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
          tool: "get_ticket",
          agentId: more.agentId ?? null,
          explanation: {
            presented: { aud: "https://other.example", iss: "https://login.other.example", exp: AT },
            expected: { aud: "https://mcp.example", iss: "https://login.example" },
            fix: "Do the right thing.",
          },
        },
      ],
    });
  };
}

function changed(action: string, detail: string, at: string, kind: ChangeEvidence["kind"] = "operation") {
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

function answers(byAnswer: Record<string, number>) {
  return (evidence: Evidence): void => {
    const [host] = inside(evidence.logs.upstream);
    if (host) host.byAnswer = byAnswer;
  };
}

const connected = (evidence: Evidence): void => {
  const { server } = evidence.subject;
  if (server)
    Object.assign(server, { kind: "connected", version: null, upstreamUrl: "https://api.example/mcp" });
  evidence.logs.console = missing("not_applicable", "Somebody else runs this server.");
};

function more(calls: number, shifts: ReturnType<typeof shift>[]) {
  return (evidence: Evidence): void => {
    const [previous] = inside(evidence.usage.comparisons);
    if (previous) Object.assign(previous, { now: { calls, errors: 0 }, shifts });
    const { now } = inside(evidence.logs.counts);
    Object.assign(now, { calls, callsOk: calls });
    inside(evidence.usage.repeats).calls = calls;
  };
}

function slower(totalP95Ms: number, upstreamP95Ms: number) {
  return (evidence: Evidence): void => {
    Object.assign(inside(evidence.logs.hops).now, { totalP95Ms, upstreamP95Ms });
  };
}

function moved(kind: string, nowMicros: string, name: string | null = null, count = 1) {
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

const server =
  (values: Partial<NonNullable<Evidence["subject"]["server"]>>) =>
  (evidence: Evidence): void => {
    if (evidence.subject.server) Object.assign(evidence.subject.server, values);
  };
const quiet = (evidence: Evidence): void => {
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
const few =
  (calls: number) =>
  (evidence: Evidence): void => {
    const { now, before } = inside(evidence.logs.counts);
    for (const counted of [now, before])
      Object.assign(counted, { calls, callsOk: calls, byOutcome: { ok: calls + counted.listsOk } });
    inside(evidence.usage.repeats).calls = calls;
  };
const noCredits = (evidence: Evidence): void => {
  Object.assign(inside(evidence.billing.balance), { availableMicros: "0", heldMicros: "0" });
};
const unprobed = (evidence: Evidence): void => {
  for (const part of ["modern", "legacy", "canary", "asAgent", "canaryAsAgent"])
    Object.assign(evidence.smoke, {
      [part]: missing("not_allowed", "Fresh checks were left out, as asked."),
    });
  evidence.hosting.check = missing("not_allowed", "Fresh checks were left out, as asked.");
  evidence.gateway.doctor = missing("not_allowed", "Fresh checks were left out, as asked.");
};
const broken = (evidence: Evidence): void => {
  const [node] = inside(evidence.logs.pipeline);
  if (node) node.state = "lost";
};
const removed =
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
const paused =
  (reason: string) =>
  (evidence: Evidence): void => {
    Object.assign(inside(evidence.budget.agent), {
      status: "paused",
      pause: { reason, at: AT, note: "maintenance", by: reason === "by_hand" ? "Ada" : null },
    });
    Object.assign(inside(evidence.budget.calls), { callsOk: 10 });
  };
const spent = (evidence: Evidence): void => {
  const [layer] = inside(evidence.budget.layers);
  if (layer) Object.assign(layer, { spentMicros: "10000000", remainingMicros: "0" });
};
const detached = (evidence: Evidence): void => {
  inside(evidence.budget.agent).isAttached = false;
};
const unprobedAgent = (evidence: Evidence): void => {
  evidence.smoke.asAgent = missing("timeout", "It was not there within 10 s.");
};
const all =
  (...changes: ((evidence: Evidence) => void)[]) =>
  (evidence: Evidence): void => {
    for (const change of changes) change(evidence);
  };
const noChange = (): void => undefined;
const askedTool = (evidence: Evidence): void => {
  evidence.subject.tool = "get_ticket";
};
const PUBLISHED = changed("publish", "version 1.2.0 to 1.3.0", "2026-11-20T14:18:00.000Z");
const KEY_SET = changed("server.updateConfig", "environment: API_KEY", "2026-11-20T14:19:00.000Z", "audit");

const one = (
  name: string,
  symptom: Symptom | null,
  change: Case["change"],
  ...expect: [VerdictCode, VerdictCode?]
): Case => ({ name, symptom, change, expect });
const fine = (name: string, symptom: Symptom | null, change: Case["change"] = noChange): Case => ({
  name,
  symptom,
  change,
  expect: "healthy",
});
const unsure = (name: string, symptom: Symptom | null, change: Case["change"]): Case => ({
  name,
  symptom,
  change,
  expect: "abstained",
});

const SINGLE: readonly Case[] = [
  one("the server was deleted", null, all(server({ isDeleted: true }), quiet, unprobed), "server_deleted"),
  one("nothing is published", null, all(server({ version: null, status: "draft" }), quiet), "not_published"),
  one(
    "the server is switched off",
    "agent_fails",
    all(server({ status: "inactive" }), denied("server_inactive")),
    "server_inactive",
  ),
  one(
    "one region is down",
    "one_region_or_version",
    (e) => {
      e.hosting.regions = collected([regionHealth("eu", "healthy"), regionHealth("us", "down", "tls")]);
    },
    "region_down",
  ),
  one(
    "calls of one region fail",
    "one_region_or_version",
    (e) => {
      const [previous] = inside(e.usage.comparisons);
      if (previous)
        Object.assign(previous, {
          now: { calls: 100, errors: 30 },
          shifts: [shift("region", "us", [30, 29], [30, 0])],
        });
    },
    "region_down",
  ),
  one(
    "a version fails since it was published",
    "one_region_or_version",
    all(PUBLISHED, fails("Cannot read properties of undefined")),
    "bad_deployment",
    "server_code_error",
  ),
  one(
    "nobody asked about the version that fails",
    null,
    all(
      PUBLISHED,
      fails("MCP error -32601: No handler for the tool get_ticket", { outcome: "protocol_error" }),
    ),
    "bad_deployment",
    "handler_missing",
  ),
  one(
    "a secret was changed and calls fail since",
    "call_fails",
    all(KEY_SET, fails("The API said 401"), answers({ "2xx": 60, "401": 40 })),
    "config_change",
    "upstream_auth",
  ),
  one(
    "the runtime crashes",
    "call_fails",
    all(
      fails("The server was stopped because it used too much memory: 128 MiB. It restarts by itself.", {
        outcome: "runtime_error",
        count: 4,
      }),
      (e) => {
        e.hosting.crashes = collected([
          { at: AT, node: "edge-eu", region: "eu", reason: "It used more than 128 MiB." },
        ]);
      },
    ),
    "runtime_crash",
  ),
  one("no logs are kept", "empty_logs", server({ retentionDays: 0 }), "retention_zero"),
  one("log lines get lost", "empty_logs", broken, "log_pipeline_stale"),
  one(
    "calls leave no line",
    "empty_logs",
    (e) => {
      Object.assign(inside(e.logs.console), { lines: 0, traced: 0 });
    },
    "log_pipeline_stale",
  ),
  one(
    "clients call the direct URL",
    "empty_logs",
    (e) => {
      inside(e.logs.counts).now.byDoor = { direct: 40, pinned: 0, gateway: 0 };
    },
    "wrong_url",
  ),
  one(
    "everybody is turned away",
    "empty_logs",
    all(quiet, denied("token_audience_mismatch")),
    "blocked_at_gateway",
    "token_audience",
  ),
  one("nobody calls", "empty_logs", quiet, "no_traffic"),
  one("the agent did not arrive", "agent_fails", quiet, "no_traffic"),
  one(
    "the agent was detached",
    "agent_fails",
    all(detached, denied("agent_not_attached", 9, { agentId: "agt_1" })),
    "agent_not_attached",
  ),
  one(
    "the grant does not name the tool",
    "agent_fails",
    all(askedTool, (e) => {
      e.budget.tools = collected([
        { tool: "get_ticket", isAllowed: false, reason: "grant_missing", detail: "No grant names it." },
        { tool: "search_tickets", isAllowed: true, reason: "allowed", detail: null },
      ]);
    }),
    "tool_not_granted",
  ),
  one("nobody is granted anything", "agent_fails", denied("grant_missing_for_server"), "tool_not_granted"),
  one(
    "arguments do not fit any more",
    "agent_fails",
    all(fails("Input validation error: Invalid arguments for tool get_ticket: ticketId required"), (e) => {
      Object.assign(inside(e.smoke.tools), {
        changed: [{ name: "get_ticket", fields: ["inputSchema"], breaking: true }],
        changedAt: AT,
      });
    }),
    "schema_mismatch",
  ),
  one(
    "instructions are older than the schema",
    "agent_fails",
    fails("MCP error -32602: Invalid arguments: query is required"),
    "schema_mismatch",
  ),
  one(
    "a tool was removed and the agent listed since",
    "agent_fails",
    removed("2026-11-20T14:20:00.000Z"),
    "tool_removed",
  ),
  one(
    "the agent kept an old list",
    "agent_fails",
    removed("2026-11-20T14:02:00.000Z"),
    "client_cached_list",
    "tool_removed",
  ),
  one(
    "the agent's budget is used up",
    "agent_fails",
    all(spent, denied("budget_exceeded", 20, { agentId: "agt_1" })),
    "budget_exhausted",
  ),
  one(
    "somebody paused the agent",
    "agent_fails",
    all(paused("by_hand"), denied("agent_paused", 9, { agentId: "agt_1" })),
    "agent_paused",
  ),
  one(
    "a loop paused the agent",
    "agent_fails",
    all(paused("loop_suspected"), denied("loop_suspected", 9, { agentId: "agt_1" })),
    "loop",
    "agent_paused",
  ),
  one(
    "an agent repeats itself",
    "usage_spike",
    all(more(400, [shift("agent", "agt_1", [340, 0], [40, 0])]), (e) => {
      inside(e.usage.repeats).ratio = 0.8;
    }),
    "loop",
  ),
  one(
    "an agent calls one tool all the time, arguments unknown",
    "usage_spike",
    all(
      more(400, [
        { ...shift("agent", "agt_1", [340, 0], [40, 0]), label: "Desk agent" },
        shift("tool", "get_ticket", [340, 0], [30, 0]),
      ]),
      (e) => {
        inside(e.usage.repeats).ratio = null;
      },
    ),
    "loop",
  ),
  one(
    "a widget went live",
    "usage_spike",
    more(400, [shift("source", "embed", [300, 0], [0, 0])]),
    "embed_traffic",
  ),
  one(
    "a new client came",
    "usage_spike",
    all(more(400, []), (e) => {
      e.usage.newClients = collected([{ client: "nightly-export", calls: 300, firstAt: AT }]);
    }),
    "new_client",
  ),
  one(
    "callers try again and again",
    "usage_spike",
    all(more(400, []), (e) => {
      inside(e.usage.repeats).retryRatio = 0.6;
    }),
    "retry_storm",
  ),
  one("everybody calls more", "usage_spike", more(300, [shift("client", "a", [150, 0], [50, 0])]), "growth"),
  one(
    "an agent spends more",
    "credits_drop",
    moved("usage", "-9000000", "Night agent", 900),
    "hosted_agent_use",
  ),
  one(
    "prices rose",
    "credits_drop",
    (e) => {
      const [used] = inside(e.billing.movements);
      if (used) Object.assign(used, { nowMicros: "0", count: 0 });
      inside(e.billing.movements).push({
        kind: "usage",
        agentId: "agt_1",
        agentName: "Desk agent",
        priceVersion: "team@2",
        nowMicros: "-4000000",
        beforeMicros: "0",
        count: 100,
        countBefore: 0,
        txIds: [],
      });
    },
    "price_change",
  ),
  one("credits expired", "credits_drop", moved("expiry", "-20000000"), "credits_expired"),
  one("a payment is disputed", "credits_drop", moved("dispute", "-25000000"), "refund_or_dispute"),
  one(
    "costs were told late",
    "credits_drop",
    all(moved("usage_event", "-9000000", "Desk agent 2", 10), (e) => {
      e.billing.late = collected({ count: 10, micros: "9000000" });
    }),
    "late_events",
  ),
  one(
    "no credits are left",
    "call_fails",
    all(denied("credits_exhausted"), (e) => {
      Object.assign(inside(e.billing.balance), { availableMicros: "0", heldMicros: "0" });
    }),
    "credits_exhausted",
  ),
  one(
    "a top-up failed",
    "credits_drop",
    (e) => {
      e.billing.payments = collected([
        { kind: "top_up_stopped", detail: "Auto top-up has stopped: the card was declined.", at: AT },
      ]);
    },
    "payment_failed",
  ),
  one(
    "the books drifted",
    "credits_drop",
    (e) => {
      e.billing.reconciliation = collected({ status: "drift", at: AT, drifts: 1 });
    },
    "ledger_drift",
  ),
  one(
    "usage is not settled",
    "credits_drop",
    (e) => {
      e.billing.metering = collected({ waiting: 3, oldestAt: AT, isStale: true });
    },
    "metering_stale",
  ),
  one("budgets could not be asked", "agent_fails", denied("budget_unavailable"), "metering_stale"),
  one(
    "calls need more rights than lists",
    "call_fails",
    all(
      connected,
      fails(
        "The server behind this URL refused our request with HTTP 401: it wants credentials that are not set up here.",
        { outcome: "upstream_error" },
      ),
      answers({ "2xx": 70, "401": 30 }),
    ),
    "call_time_authorization",
    "upstream_auth",
  ),
  one(
    "the upstream refuses our key",
    "call_fails",
    all(fails("API answered 401"), answers({ "2xx": 60, "401": 40 })),
    "upstream_auth",
  ),
  one(
    "the upstream is gone",
    null,
    all(
      connected,
      fails("The upstream server refused the connection. Try again.", {
        outcome: "upstream_error",
        count: 100,
      }),
      answers({ refused: 100 }),
    ),
    "upstream_down",
  ),
  one(
    "an API is gone",
    "call_fails",
    all(fails("fetch failed"), answers({ "2xx": 60, failed: 40 })),
    "upstream_down",
  ),
  one(
    "the upstream answers 500",
    "call_fails",
    all(
      connected,
      fails("The server answered with HTTP 500.", { outcome: "upstream_error" }),
      answers({ "2xx": 70, "5xx": 30 }),
    ),
    "upstream_errors",
  ),
  one(
    "answers are too large",
    "call_fails",
    all(
      fails("The answer is larger than 4194304 bytes, the most that may pass.", { outcome: "too_large" }),
      (e) => {
        const cap = inside(e.hosting.caps)[1];
        if (cap) cap.exceeded24h = 30;
      },
    ),
    "size_cap",
  ),
  one(
    "calls take too long",
    "call_fails",
    fails("The call took longer than 30 s.", { outcome: "timeout" }),
    "time_cap",
  ),
  one(
    "nothing handles the tool",
    "call_fails",
    fails("MCP error -32601: No handler for the tool get_ticket", { outcome: "protocol_error" }),
    "handler_missing",
  ),
  one(
    "the code throws",
    "call_fails",
    fails("Cannot read properties of undefined (reading 'id')"),
    "server_code_error",
  ),
  one("the limit is too low", "call_fails", denied("rate_limited"), "rate_limited"),
  one("the upstream is slow", "slow", slower(1_500, 1_480), "upstream_slow"),
  one(
    "runtimes start slowly",
    "slow",
    all(slower(2_100, 20), (e) => {
      Object.assign(inside(e.logs.hops).now, { coldStarts: 20, startP95Ms: 2_000 });
    }),
    "cold_start",
  ),
  one(
    "answers grew",
    "slow",
    all(connected, slower(900, 900), (e) => {
      inside(e.logs.counts).now.responseBytesP95 = 6_000_000;
    }),
    "large_payload",
    "upstream_slow",
  ),
  one("calls wait for one another", "slow", slower(1_800, 20), "queueing"),
  one("tokens expired", "auth_burst", denied("token_expired"), "token_expired"),
  one(
    "a key was revoked",
    "auth_burst",
    all(denied("key_revoked"), (e) => {
      e.gateway.keys = collected([
        { id: "key_2", name: "Partner", event: "revoked" as const, at: AT, ownerId: "gw_1" },
      ]);
    }),
    "key_revoked",
  ),
  one("a key expired", "auth_burst", denied("key_expired"), "key_expired"),
  one("a key is not known", "auth_burst", denied("key_unknown"), "key_unknown"),
  one("clients bring nothing", "auth_burst", denied("credentials_missing"), "credentials_missing"),
  one("a clock is wrong", "auth_burst", denied("token_not_yet_valid"), "clock_skew"),
  one("tokens are for something else", "auth_burst", denied("token_audience_mismatch"), "token_audience"),
  one("tokens are of another issuer", "auth_burst", denied("token_issuer_mismatch"), "token_issuer"),
  one("tokens lack a scope", "auth_burst", denied("token_scope_missing"), "token_scope"),
  one("tokens are forged", "auth_burst", denied("token_signature_invalid"), "token_invalid"),
  one("the issuer is away", "auth_burst", denied("issuer_unreachable"), "issuer_unreachable"),
  one("direct access is off", "auth_burst", denied("direct_access_off"), "direct_access_off"),
  one(
    "direct access is off, and no gateway is there",
    null,
    (e) => {
      Object.assign(inside(e.hosting.urls), { gatewayUrl: null, gatewayId: null, gatewayAccess: [] });
    },
    "direct_access_off",
  ),
  one(
    "the canary fails and nobody called",
    "call_fails",
    all(quiet, (e) => {
      Object.assign(inside(e.smoke.canary), {
        status: "failed",
        failure: {
          step: "tools/call",
          code: "runtime_failed",
          message: "The server crashed while it worked on this call: exit 1.",
          fix: "",
        },
      });
    }),
    "runtime_crash",
  ),
];

const DOUBLE: readonly Case[] = [
  one(
    "a key was revoked and the upstream breaks",
    null,
    all(
      connected,
      denied("key_revoked"),
      fails("The server answered with HTTP 500.", { outcome: "upstream_error" }),
    ),
    "key_revoked",
    "upstream_errors",
  ),
  one(
    "the agent is paused and the upstream is gone",
    "agent_fails",
    all(
      connected,
      paused("by_hand"),
      fails("The upstream server refused the connection.", { outcome: "upstream_error" }),
    ),
    "agent_paused",
    "upstream_down",
  ),
  one(
    "other callers lack a grant, and the agent's key was revoked",
    "agent_fails",
    all(
      denied("grant_missing_for_tool", 40, { agentId: "agt_2" }),
      denied("key_revoked", 30, { agentId: "agt_1" }),
    ),
    "key_revoked",
    "tool_not_granted",
  ),
  one(
    "a paused agent was resumed, and a grant is missing now",
    "agent_fails",
    all(
      denied("agent_paused", 20, { agentId: "agt_1" }),
      denied("agent_not_attached", 20, { agentId: "agt_1" }),
      denied("grant_missing_for_tool", 40, { agentId: "agt_1" }),
    ),
    "tool_not_granted",
    "agent_paused",
  ),
  one(
    "a budget is empty and the upstream is slow",
    "agent_fails",
    all(spent, denied("budget_exceeded"), slower(1_500, 1_480)),
    "budget_exhausted",
    "upstream_slow",
  ),
  one(
    "an agent spends more and credits expired",
    "credits_drop",
    all(moved("usage", "-9000000", "Night agent", 900), moved("expiry", "-3000000")),
    "credits_expired",
    "hosted_agent_use",
  ),
  one(
    "a bad version and a revoked key",
    null,
    all(PUBLISHED, fails("Cannot read properties of undefined"), denied("key_revoked")),
    "bad_deployment",
    "key_revoked",
  ),
];

const HEALTHY: readonly Case[] = [
  ...(
    [
      null,
      "empty_logs",
      "agent_fails",
      "usage_spike",
      "credits_drop",
      "call_fails",
      "slow",
      "auth_burst",
      "one_region_or_version",
    ] as const
  ).map((symptom) => fine(`all is well, asked about ${symptom ?? "nothing special"}`, symptom)),
  fine("a deployment with nothing failing", "one_region_or_version", PUBLISHED),
  fine("a setting was changed and nothing fails", "call_fails", KEY_SET),
  fine(
    "a tool says no as often as before",
    "call_fails",
    fails("the ticket does not exist", { count: 8, countBefore: 9 }),
  ),
  fine("one odd error", null, fails("the ticket does not exist", { count: 2 })),
  fine("a stranger is denied while others work", "auth_burst", denied("credentials_missing", 6)),
  fine("as many denials as ever", "auth_burst", denied("key_expired", 20, { countBefore: 20 })),
  fine("a budget at 95 %", "agent_fails", (e) => {
    const [layer] = inside(e.budget.layers);
    if (layer) Object.assign(layer, { spentMicros: "9500000", remainingMicros: "500000" });
  }),
  fine("a slow but unchanged server", "slow", (e) => {
    const hops = inside(e.logs.hops);
    hops.now.totalP95Ms = 9_000;
    hops.before.totalP95Ms = 8_900;
  }),
  fine("a revoked key that nobody used", "auth_burst", (e) => {
    e.gateway.keys = collected([
      { id: "key_2", name: "Old", event: "revoked" as const, at: AT, ownerId: "gw_1" },
    ]);
  }),
  fine("credits drop by normal use", "credits_drop", (e) => {
    inside(e.billing.balance).availableMicros = "39000000";
  }),
  fine("more tools than before", "agent_fails", (e) => {
    Object.assign(inside(e.smoke.tools), { added: ["reopen_ticket"], changedAt: AT });
  }),
  fine("more calls that nobody wonders about", null, more(300, [])),
  fine("one era only", null, (e) => {
    Object.assign(inside(e.smoke.legacy), {
      status: "failed",
      failure: {
        step: "negotiate",
        code: "protocol_unsupported",
        message: "It does not speak 2025-11-25.",
        fix: "",
      },
      tools: [],
      toolCount: 0,
    });
  }),
  fine("a runtime ended once and nobody noticed", "call_fails", (e) => {
    e.hosting.crashes = collected([
      { at: AT, node: "edge-eu", region: "eu", reason: "It was ended by the system." },
    ]);
  }),
  fine("nobody calls and nobody asked why", null, quiet),
  fine("a new server without traffic, in an organization without credits", null, all(quiet, noCredits)),
  fine("no credits are left and calls cost nothing, so they go on", "call_fails", noCredits),
  fine("usage of another server is not settled", null, (e) => {
    e.billing.metering = collected({ waiting: 3, oldestAt: AT, isStale: true });
  }),
  fine("new clients ask where tokens are to be had, and come back with one", null, (e) => {
    inside(e.hosting.urls).gatewayAccess = ["oauth"];
    few(8)(e);
    Object.assign(inside(e.logs.counts).now, { lists: 8, listsOk: 8 });
    denied("credentials_missing", 8)(e);
  }),
  fine("few calls, one of which woke the runtime", null, all(few(3), slower(2_100, 20))),
  fine("few calls, and a caller that is a model tried once too often", null, (e) => {
    few(37)(e);
    fails("MCP error -32602: Invalid arguments: query is required", { count: 3 })(e);
  }),
  fine("code that wrote a line when it started, and none since", null, (e) => {
    few(2)(e);
    Object.assign(inside(e.logs.console), {
      ...{ lines: 0, linesBefore: 1, errors: 0, forwarded: 2, traced: 0 },
    });
  }),
  fine("of the window before nothing is kept, so nothing is new", null, (e) => {
    server({ retentionDays: 1 })(e);
    e.before = { from: "2026-11-19T14:00:00.000Z", to: e.window.from };
    e.window.from = "2026-11-19T14:30:00.000Z";
    fails("the ticket does not exist", { count: 18 })(e);
    denied("key_expired", 15)(e);
  }),
  fine("a budget that nobody set", "agent_fails", (e) => {
    e.budget.layers = collected([]);
  }),
  fine("a client that lists tools and never calls one", null, (e) => {
    quiet(e);
    Object.assign(inside(e.logs.counts).now, { lists: 12, listsOk: 12, byOutcome: { ok: 12 } });
  }),
  fine("a connected server of the legacy era", null, (e) => {
    connected(e);
    Object.assign(inside(e.smoke.modern), {
      status: "failed",
      failure: {
        step: "discover",
        code: "protocol_unsupported",
        message: "The server does not offer the modern protocol.",
        fix: "",
      },
      tools: [],
      toolCount: 0,
    });
  }),
];

const UNSURE: readonly Case[] = [
  unsure("nobody called long ago, and only the server of now can be asked", null, (e) => {
    quiet(e);
    e.window = { from: "2016-01-01T00:00:00.000Z", to: "2016-01-01T00:30:00.000Z" };
  }),
  unsure("the window is older than what is kept", null, (e) => {
    e.logs.counts = missing(
      "failed",
      "The window is older than the 7 days of history that this server keeps.",
    );
  }),
  unsure("nothing probed and no traffic", "agent_fails", all(quiet, unprobed)),
  unsure("nothing probed and no traffic, an open question", null, all(quiet, unprobed)),
  unsure(
    "no data of the agent that is asked about",
    "agent_fails",
    all(unprobedAgent, (e) => {
      for (const part of ["agent", "layers", "tools", "calls"])
        Object.assign(e.budget, { [part]: missing("timeout", "Too late.") });
    }),
  ),
  unsure("log pipeline dead and no probes", "call_fails", all(broken, unprobed, quiet)),
  unsure("billing is not allowed", "credits_drop", (e) => {
    for (const part of Object.keys(e.billing))
      Object.assign(e.billing, { [part]: missing("not_allowed", "You may not see billing.") });
  }),
  unsure(
    "the window is older than the history",
    "call_fails",
    all(quiet, unprobed, (e) => {
      for (const part of Object.keys(e.logs))
        Object.assign(e.logs, {
          [part]: missing(
            "failed",
            "The window is older than the 30 days of history that this server keeps.",
          ),
        });
    }),
  ),
  unsure(
    "calls fail and nothing of them is kept",
    "call_fails",
    all(unprobed, server({ retentionDays: 0 }), (e) => {
      Object.assign(inside(e.logs.counts).now, { callsOk: 30, byOutcome: { ok: 30, tool_error: 70 } });
    }),
  ),
  unsure("nobody called, so nothing was slow", "slow", quiet),
];

export const CASES: readonly Case[] = [...SINGLE, ...DOUBLE, ...HEALTHY, ...UNSURE];
