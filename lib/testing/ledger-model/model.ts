import type { Call, Single } from "./commands.ts";

/**
 * What the books should do, written again, plainly and without a database: one object, changed step by step. It shares no
 * code with the ledger, so that a mistake has to be made twice.
 */

export interface ModelGrant {
  made: number;
  kind: string;
  priority: number;
  expiresAt: number | null;
  at: number;
  payment: string | null;
  amount: bigint;
  left: bigint;
}
export interface ModelLease {
  id: string | null;
  kind: string;
  scope: string;
  period: string;
  node: number;
  amount: bigint;
  settled: bigint;
  live: boolean;
  expiresAt: number;
}
export interface ModelAgent {
  id: string;
  paused: boolean;
  agent: bigint | null;
  everyUser: bigint | null;
  anonymous: bigint | null;
  session: bigint | null;
  users: Record<string, bigint>;
}
export interface ModelPayment {
  id: string;
  granted: bigint;
  clawed: bigint;
}
/** What was settled, to settle it again. */
export interface ModelCall {
  id: string;
  amount: bigint;
}

export interface Model {
  now: number;
  price: number;
  agents: ModelAgent[];
  balances: Record<string, bigint>;
  grants: ModelGrant[];
  leases: ModelLease[];
  spend: Record<string, { spent: bigint; leased: bigint }>;
  payments: ModelPayment[];
  calls: ModelCall[];
  keys: Record<string, string>;
  /** By type: how many transactions, and what they did to available + held. */
  txs: Record<string, { count: number; amount: bigint }>;
  events: { count: number; amount: bigint };
  made: number;
}

export const RATES = [
  { call: 100n, hundredMs: 5n, kib64: 10n },
  { call: 250n, hundredMs: 0n, kib64: 1n },
  { call: 1n, hundredMs: 70n, kib64: 300n },
] as const;
const BOUND = 4_000_000_000_000_000_000n;
const EVENT_MAX = 10_000_000_000_000_000n;
const USER = (index: number | null) => (index === null ? "" : `user-${index}`);

export function newModel(now: number, agentIds: readonly string[]): Model {
  return {
    now,
    price: 1,
    agents: agentIds.map((id) => ({
      id,
      paused: false,
      agent: null,
      everyUser: null,
      anonymous: null,
      session: null,
      users: {},
    })),
    balances: {},
    grants: [],
    leases: [],
    spend: {},
    payments: [],
    calls: [],
    keys: {},
    txs: {},
    events: { count: 0, amount: 0n },
    made: 0,
  };
}

/** A command with everything that the driver chose: ids of calls and payments, so that both sides mean the same. */
export type Bound = Single & { ids?: readonly string[]; bound?: readonly BoundCall[] };

class Refused extends Error {}

/** What the command answers, as text; `model` is changed unless it is refused. */
export function apply(model: Model, command: Bound): string {
  const draft = structuredClone(model);
  try {
    const answer = run(draft, command);
    Object.assign(model, draft);
    return answer;
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
}

const bal = (m: Model, kind: string) => m.balances[kind] ?? 0n;
const min = (a: bigint, b: bigint) => (a < b ? a : b);
const max = (a: bigint, b: bigint) => (a > b ? a : b);

function post(m: Model, type: string, moves: Record<string, bigint>, bound?: bigint) {
  for (const [kind, amount] of Object.entries(moves)) {
    const after = bal(m, kind) + amount;
    if (amount !== 0n && bound !== undefined && (after > bound || after < -bound))
      throw new Refused("unprocessable");
    m.balances[kind] = after;
  }
  const total = m.txs[type] ?? { count: 0, amount: 0n };
  m.txs[type] = {
    count: total.count + 1,
    amount: total.amount + (moves.available ?? 0n) + (moves.held ?? 0n),
  };
}

/** Grants in the order in which they are used. */
function inOrder(grants: ModelGrant[]): ModelGrant[] {
  const key = (g: ModelGrant) => [
    g.priority,
    g.expiresAt ?? Number.MAX_VALUE,
    g.kind === "purchase" || g.kind === "refund" ? 1 : 0,
    g.at,
    g.at,
    g.made,
  ];
  return [...grants].sort((a, b) => {
    const [left, right] = [key(a), key(b)];
    const at = left.findIndex((value, index) => value !== right[index]);
    return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
  });
}

function drawOnGrants(m: Model, amount: bigint, first: (g: ModelGrant) => boolean = () => false) {
  const order = inOrder(m.grants);
  let rest = amount;
  for (const g of [...order.filter(first), ...order.filter((g) => !first(g))]) {
    const part = min(rest, g.left);
    g.left -= part;
    rest -= part;
  }
  if (rest !== 0n) throw new Error("the model's grants are short");
}

function tidy(m: Model) {
  for (const g of inOrder(m.grants)) {
    if (g.expiresAt === null || g.expiresAt > m.now) continue;
    const part = min(g.left, bal(m, "available"));
    if (part === 0n) continue;
    post(m, "expiry", { available: -part, expired: part });
    g.left -= part;
  }
  const owed = min(bal(m, "available"), -bal(m, "debt"));
  if (owed > 0n) {
    post(m, "debt_payment", { available: -owed, debt: owed });
    drawOnGrants(m, owed);
  }
}

/** True when the key was used for the same before. */
function isKnown(m: Model, key: string, body: unknown): boolean {
  const text = JSON.stringify(body, (_k, v) => (typeof v === "bigint" ? String(v) : v));
  if (m.keys[key] === undefined) {
    m.keys[key] = text;
    return false;
  }
  if (m.keys[key] !== text) throw new Refused("unprocessable");
  return true;
}

function addGrant(m: Model, g: Omit<ModelGrant, "made" | "at" | "left">) {
  m.made += 1;
  m.grants.push({ ...g, made: m.made, at: m.now, left: g.amount });
}

const requireAmount = (amount: bigint) => {
  if (amount <= 0n || amount > BOUND) throw new Refused("invalid_input");
};
const month = (ms: number) => new Date(ms).toISOString().slice(0, 7);
const monthEnd = (period: string) => Date.UTC(Number(period.slice(0, 4)), Number(period.slice(5)), 1);
const expiry = (m: Model, period: string) =>
  period === "" ? m.now + 2_000 : Math.min(m.now + 2_000, monthEnd(period));
const counter = (m: Model, kind: string, scope: string, period: string) => {
  const key = `${kind}|${scope}|${period}`;
  m.spend[key] ??= { spent: 0n, leased: 0n };
  return m.spend[key];
};
const peek = (m: Model, kind: string, scope: string, period: string) =>
  m.spend[`${kind}|${scope}|${period}`] ?? { spent: 0n, leased: 0n };

function capOf(agent: ModelAgent, kind: string, scope: string): bigint | null {
  if (kind === "agent") return agent.agent;
  if (kind === "session") return agent.session;
  const user = scope.split("\n")[1] ?? "";
  return user === "" ? agent.anonymous : (agent.users[user] ?? agent.everyUser);
}

function run(m: Model, command: Bound): string {
  switch (command.do) {
    case "grant": {
      requireAmount(command.amount);
      tidy(m);
      const expiresAt = command.expiresInMs === null ? null : m.now + command.expiresInMs;
      const { amount, kind, priority } = command;
      if (isKnown(m, `key-${command.key}`, ["grant", amount, kind, priority, expiresAt])) {
        tidy(m);
        return "known";
      }
      post(m, "grant", { granted: -amount, available: amount }, BOUND);
      addGrant(m, { kind, priority, expiresAt, payment: null, amount });
      tidy(m);
      return "new";
    }
    case "purchase": {
      const payment = command.ids?.[0] ?? "";
      tidy(m);
      post(m, "purchase", { payments: -command.amount, available: command.amount }, BOUND);
      addGrant(m, { kind: "purchase", priority: 1, expiresAt: null, payment, amount: command.amount });
      m.payments.push({ id: payment, granted: command.amount, clawed: 0n });
      tidy(m);
      return "new";
    }
    case "clawBack": {
      const payment = m.payments.find(({ id }) => id === command.ids?.[0]);
      if (!payment) return "nothing";
      const amount = min(payment.granted - payment.clawed, max(1n, payment.granted / BigInt(command.part)));
      if (amount === 0n) return "nothing";
      tidy(m);
      const taken = min(amount, bal(m, "available"));
      post(m, "refund", { available: -taken, debt: taken - amount, refunded: amount }, BOUND);
      drawOnGrants(m, taken, (g) => g.payment === payment.id);
      payment.clawed += amount;
      tidy(m);
      return "new";
    }
    case "giveBack": {
      const payment = m.payments.find(({ id }) => id === command.ids?.[0]);
      if (!payment) return "nothing";
      tidy(m);
      if (command.amount > payment.clawed) throw new Refused("conflict");
      post(m, "reinstatement", { refunded: -command.amount, available: command.amount });
      addGrant(m, {
        kind: "refund",
        priority: 1,
        expiresAt: null,
        payment: payment.id,
        amount: command.amount,
      });
      payment.clawed -= command.amount;
      tidy(m);
      return "new";
    }
    case "adjust": {
      requireAmount(command.amount < 0n ? -command.amount : command.amount);
      tidy(m);
      if (isKnown(m, `adjust-${command.key}`, [command.amount])) {
        tidy(m);
        return "known";
      }
      if (-command.amount > bal(m, "available")) throw new Refused("unprocessable");
      post(m, "adjustment", { available: command.amount, adjustment: -command.amount }, BOUND);
      if (command.amount < 0n) drawOnGrants(m, -command.amount);
      else
        addGrant(m, { kind: "manual", priority: 50, expiresAt: null, payment: null, amount: command.amount });
      tidy(m);
      return "new";
    }
    case "take":
      return takeLease(m, command);
    case "renew":
      return renewLeases(m, command.node);
    case "release": {
      const lease = m.leases.find(({ id }) => id !== null && id === command.ids?.[0]);
      if (!lease) return "nothing";
      tidy(m);
      giveBack(m, lease, max(0n, command.unused));
      tidy(m);
      return "done";
    }
    case "settle":
      return settle(m, command.bound ?? []);
    case "abortSettle":
      return "aborted";
    case "report":
      return report(m, command);
    case "expireDue":
      if (m.grants.some((g) => g.left > 0n && g.expiresAt !== null && g.expiresAt <= m.now)) {
        tidy(m);
        tidy(m);
      }
      return "done";
    case "returnDead": {
      const dead = m.leases.filter((l) => l.live && l.expiresAt < m.now - 150_000);
      if (dead.length > 0) tidy(m);
      for (const lease of dead) giveBack(m, lease, lease.amount - lease.settled);
      if (dead.length > 0) tidy(m);
      return "done";
    }
    case "reconcile":
      return "balanced";
  }
}

function takeLease(m: Model, command: Extract<Single, { do: "take" }>): string {
  const agent = command.agent === null ? null : (m.agents[command.agent] ?? null);
  tidy(m);
  const refuse = (source: string, left: bigint, cap: bigint | null, resets: number | null) => {
    tidy(m);
    return `refused ${source} ${left} ${cap} ${resets}`;
  };
  if (agent?.paused) return refuse("agent_paused", 0n, null, null);
  const period = month(m.now + 500);
  const scopes: [kind: string, scope: string, period: string, source: string][] = [];
  if (command.credits) scopes.push(["organization", "", "", "organization_credits"]);
  if (agent) {
    scopes.push(["agent", agent.id, period, "agent_budget"]);
    scopes.push(["user", `${agent.id}\n${USER(command.user)}`, period, "user_budget"]);
    if (command.session !== null) {
      scopes.push(["session", `${agent.id}\n${USER(command.session)}`, period, "session_budget"]);
    }
  }
  const sizes: bigint[] = [];
  for (const [kind, scope, of, source] of scopes) {
    const cap = agent && kind !== "organization" ? capOf(agent, kind, scope) : null;
    const { spent, leased } = peek(m, kind, scope, of);
    const remaining =
      kind === "organization"
        ? bal(m, "available") -
          min(
            bal(m, "available"),
            m.grants.reduce((s, g) => (g.expiresAt !== null && g.expiresAt <= m.now ? s + g.left : s), 0n),
          )
        : cap === null
          ? null
          : max(0n, cap - spent - leased);
    const least = max(command.need, 1n);
    if (remaining === null) sizes.push(max(least, command.want));
    else if (remaining < least) return refuse(source, remaining, cap, of === "" ? null : monthEnd(of));
    else sizes.push(max(least, min(command.want, remaining / BigInt(4 * command.liveNodes))));
  }
  const granted: string[] = [];
  scopes.forEach(([kind, scope, of], index) => {
    const size = sizes[index] ?? 0n;
    const own = m.leases.find(
      (l) => l.live && l.kind === kind && l.scope === scope && l.period === of && l.node === command.node,
    );
    const until = expiry(m, of);
    if (own) {
      own.amount += size;
      own.expiresAt = Math.max(own.expiresAt, until);
    } else {
      m.leases.push({
        id: null,
        kind,
        scope,
        period: of,
        node: command.node,
        amount: size,
        settled: 0n,
        live: true,
        expiresAt: until,
      });
    }
    if (kind === "organization") post(m, "lease", { available: -size, held: size });
    else counter(m, kind, scope, of).leased += size;
    granted.push(`${kind} ${size} ${until - m.now} ${of}`);
  });
  tidy(m);
  return `granted ${granted.join(", ")}`;
}

function renewLeases(m: Model, node: number): string {
  const gone: string[] = [];
  for (const lease of m.leases.filter((l) => l.node === node && l.id !== null)) {
    const agent = m.agents.find(({ id }) => lease.scope.startsWith(id));
    const { spent, leased } = peek(m, lease.kind, lease.scope, lease.period);
    const cap = agent && lease.kind !== "organization" ? capOf(agent, lease.kind, lease.scope) : null;
    const isOver = lease.period !== "" && m.now >= monthEnd(lease.period);
    const mayGoOn =
      lease.kind === "organization" ||
      (agent !== undefined && !agent.paused && !isOver && (cap === null || spent + leased <= cap));
    if (lease.live && mayGoOn) lease.expiresAt = Math.max(lease.expiresAt, expiry(m, lease.period));
    else gone.push(`${lease.kind} ${lease.scope}`);
  }
  return `gone ${gone.sort().join(", ")}`;
}

function giveBack(m: Model, lease: ModelLease, unused: bigint) {
  if (!lease.live) return;
  const back = min(unused, lease.amount - lease.settled);
  lease.amount -= back;
  lease.live = lease.amount > lease.settled;
  if (back === 0n) return;
  if (lease.kind === "organization") post(m, "release", { held: -back, available: back });
  else counter(m, lease.kind, lease.scope, lease.period).leased -= back;
}

/** What a call costs at the current prices. */
export function priceOf(m: Model, call: Call): bigint {
  const rates = RATES[m.price - 1] ?? RATES[0];
  return rates.call + rates.hundredMs * BigInt(call.hundredMs) + rates.kib64 * BigInt(call.kib64);
}

/** The leases that a call draws from. */
export function leasesOf(m: Model, call: Call): Record<string, ModelLease | undefined> {
  if (!call.leased) return {};
  const agent = call.agent === null ? undefined : m.agents[call.agent];
  const find = (kind: string, scope: string) =>
    m.leases.findLast((l) => l.id !== null && l.kind === kind && l.scope === scope && l.node === call.node);
  return {
    organization: find("organization", ""),
    agent: agent && find("agent", agent.id),
    user: agent && find("user", `${agent.id}\n${USER(call.user)}`),
    session:
      agent && call.session !== null ? find("session", `${agent.id}\n${USER(call.session)}`) : undefined,
  };
}

/** A call as the driver chose its id and its leases, so that both sides mean the same ones. */
export interface BoundCall {
  id: string;
  countedAt: number;
  amount: bigint;
  price: number;
  call: Call;
  leases: Record<string, string | null>;
}

function settle(m: Model, bound: readonly BoundCall[]): string {
  tidy(m);
  const groups = new Map<string, { held: bigint; total: bigint; count: number }>();
  let settled = 0;
  for (const one of new Map(bound.map((b) => [b.id, b])).values()) {
    const group = `${one.call.agent} ${one.price}`;
    const debit = groups.get(group) ?? { held: 0n, total: 0n, count: 0 };
    groups.set(group, debit);
    if (m.calls.some(({ id }) => id === one.id)) continue;
    m.calls.push({ id: one.id, amount: one.amount });
    settled += 1;
    const draw = (kind: string, scope: string): { period: string | null; covered: bigint } => {
      const lease = m.leases.find((l) => l.id !== null && l.id === (one.leases[kind] ?? null));
      if (!lease || lease.kind !== kind || lease.scope !== scope) return { period: null, covered: 0n };
      const covered = lease.live ? min(one.amount, lease.amount - lease.settled) : 0n;
      lease.settled += covered;
      return { period: lease.period, covered };
    };
    debit.held += draw("organization", "").covered;
    debit.total += one.amount;
    debit.count += 1;
    m.events = { count: m.events.count + 1, amount: m.events.amount + one.amount };
    const agent = one.call.agent === null ? undefined : m.agents[one.call.agent];
    if (!agent) continue;
    const own = draw("agent", agent.id);
    const period = own.period ?? month(one.countedAt);
    counter(m, "agent", agent.id, period).spent += one.amount;
    counter(m, "agent", agent.id, period).leased -= own.covered;
    const userScope = `${agent.id}\n${USER(one.call.user)}`;
    const user = draw("user", userScope);
    counter(m, "user", userScope, user.period ?? period).spent += one.amount;
    counter(m, "user", userScope, user.period ?? period).leased -= user.covered;
    if (one.call.session === null) continue;
    const sessionScope = `${agent.id}\n${USER(one.call.session)}`;
    const session = draw("session", sessionScope);
    if (session.period === null) continue;
    counter(m, "session", sessionScope, session.period).spent += one.amount;
    counter(m, "session", sessionScope, session.period).leased -= session.covered;
  }
  for (const { held, total, count } of groups.values()) {
    if (count === 0) continue;
    const taken = min(total - held, bal(m, "available"));
    post(m, "usage", { held: -held, available: -taken, debt: -(total - held - taken), consumed: total });
    drawOnGrants(m, held + taken);
  }
  tidy(m);
  return `settled ${settled}`;
}

function report(m: Model, command: Extract<Single, { do: "report" }>): string {
  const agent = m.agents[command.agent];
  if (!agent) return "nothing";
  for (const { amount } of command.events)
    if (amount < 0n || amount > EVENT_MAX) throw new Refused("invalid_input");
  tidy(m);
  const statuses = command.events.map(({ id, amount, user }) => {
    if (isKnown(m, `report-${command.agent}-${id}`, [amount, user])) return "duplicate";
    const taken = min(amount, bal(m, "available"));
    post(m, "usage_event", { available: -taken, debt: taken - amount, consumed: amount }, BOUND);
    drawOnGrants(m, taken);
    m.events = { count: m.events.count + 1, amount: m.events.amount + amount };
    counter(m, "agent", agent.id, month(m.now)).spent += amount;
    counter(m, "user", `${agent.id}\n${USER(user)}`, month(m.now)).spent += amount;
    return "accepted";
  });
  tidy(m);
  return statuses.join(" ");
}
