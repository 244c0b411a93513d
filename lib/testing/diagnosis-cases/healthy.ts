import { SYMPTOMS } from "#lib/contract/index.ts";
import { collected } from "../healthy-evidence.ts";
import { type Case, fine } from "./case.ts";
import {
  AT,
  all,
  connected,
  denied,
  fails,
  few,
  inside,
  KEY_SET,
  more,
  noCredits,
  ofThePast,
  PUBLISHED,
  paused,
  quiet,
  server,
  slower,
} from "./changes.ts";

/** Nothing is wrong, although something looks odd. */
export const HEALTHY_CASES: readonly Case[] = [
  ...[null, ...SYMPTOMS].map((symptom) =>
    fine(`all is well, asked about ${symptom ?? "nothing special"}`, symptom),
  ),
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
  fine("a conversation came to its cap, and the agent has room", "agent_fails", (e) => {
    inside(e.budget.layers).push({
      limitSource: "session_budget",
      scopeId: "chat-1",
      capMicros: "50000",
      spentMicros: "50000",
      remainingMicros: "0",
      resetsAt: null,
    });
  }),
  fine("clients of a small server renew their tokens when they are refused", null, (e) => {
    few(12)(e);
    denied("token_expired", 4, { caller: "oauth:ann", backAt: "2026-11-20T14:26:00.000Z" })(e);
  }),
  fine("the agent was paused after the window that is asked about", "call_fails", (e) => {
    ofThePast(e);
    paused("by_hand")(e);
    const { pause } = inside(e.budget.agent);
    if (pause) pause.at = "2026-11-20T15:00:00.000Z";
  }),
  fine("the server is down now, and was well in the window that is asked about", "call_fails", (e) => {
    ofThePast(e);
    for (const era of [e.smoke.modern, e.smoke.legacy])
      Object.assign(inside(era), {
        status: "failed",
        failure: {
          step: "connect",
          code: "upstream_unreachable",
          message: "The upstream server refused the connection.",
          fix: "",
        },
        tools: [],
        toolCount: 0,
      });
  }),
  ...(["auth_burst", "credits_drop", "usage_spike", "empty_logs"] as const).map((symptom) =>
    fine(`calls are slow, which ${symptom} does not ask about`, symptom, slower(1_500, 1_480)),
  ),
  fine("one of thousands of callers meets its limit now and then", null, (e) => {
    few(5_000)(e);
    denied("rate_limited", 30)(e);
  }),
  fine("a model tries what its grant does not name, among thousands of calls", null, (e) => {
    few(5_000)(e);
    denied("grant_missing_for_tool", 15, { agentId: "agt_2" })(e);
  }),
  fine("a partner with a revoked key goes on as before", null, (e) => {
    few(5_000)(e);
    denied("key_revoked", 40, { countBefore: 40 })(e);
  }),
  fine("tools speak of numbers that are no status, as they always do", "call_fails", (e) => {
    fails("order 503 took 401 ms", { count: 12, countBefore: 11 })(e);
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
