import { hash } from "node:crypto";
import type { LimitSource, Outcome, RequestKind, Source } from "#lib/contract/index.ts";
import type { FactBilling } from "#lib/domain/requests/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { AgentEntry, ServerDirectory, ServerEntry } from "../directory/index.ts";
import { Grace } from "./grace.ts";
import { hasCaps, layersOf } from "./layers.ts";
import type { NoRoom, Reservation } from "./lease.ts";
import { LeaseBook } from "./lease-book.ts";
import type { LeaseTripsOptions } from "./lease-trips.ts";
import { LoopGuard } from "./loop-guard.ts";
import {
  isMeterRefusal,
  type MeterRefusal,
  refusalAsUnavailable,
  refusalByLimit,
  refusalOfAgent,
} from "./refusal.ts";
import { priceCapOf, priceOf } from "./tariff.ts";
import { zeroRateOf } from "./verdict.ts";

/** One tool call that wants to run. */
export interface MeteredCall {
  readonly server: ServerEntry;
  /** Null where the caller is no agent. */
  readonly agent: AgentEntry | null;
  readonly endUser: string | null;
  readonly session: string | null;
  readonly tool: string;
  /** Its arguments, as JSON; asked for only where loops are watched. */
  arguments(): string;
}

/** What is set aside for one call, until `settle`. */
export interface Hold {
  /** Null in grace: then it draws from no lease. */
  readonly reservation: Reservation | null;
  readonly amountMicros: bigint;
  readonly agentId: string | null;
  isOver: boolean;
}

/** How a tool call ended. */
export interface EndedCall {
  readonly server: ServerEntry;
  readonly hold: Hold | null;
  readonly kind: RequestKind;
  readonly source: Source;
  readonly outcome: Outcome;
  readonly durationMs: number;
  readonly responseBytes: number;
}

export interface MeterStats {
  holds: number;
  heldMicros: bigint;
  freeMicros: bigint;
  leases: number;
  scopes: number;
  chargedMicros: bigint;
  trips: { take: number; renew: number; release: number; failed: number };
  denied: Readonly<Record<LimitSource, number>>;
}

/** Watches what calls cost. Nothing here waits for the database while a lease has room. */
export interface Meter {
  /** Whether calls of an agent (or of anybody else: null) to a server set anything aside or are watched. */
  watches(server: ServerEntry, agent: AgentEntry | null): boolean;
  /**
   * Sets aside what the calls of one request may cost at most: for all of them or for none. Answers at once while the
   * leases of this node have room. Every hold ends by one `settle`.
   */
  admit(
    calls: readonly MeteredCall[],
  ): readonly Hold[] | MeterRefusal | Promise<readonly Hold[] | MeterRefusal>;
  /** Says what a call cost and gives the rest of its hold back. */
  settle(call: EndedCall): FactBilling;
  /** Gives the holds of calls back that never ran. */
  release(holds: readonly Hold[]): void;
  stats(): MeterStats;
  close(): Promise<void>;
}

export interface MeterOptions extends LeaseTripsOptions {
  directory: Pick<ServerDirectory, "agentById" | "onAgentChange">;
  /** An agent makes the same call again and again: pauses it. Never throws. */
  onLoop(agent: AgentEntry, seen: { tool: string; server: ServerEntry; callsPerMinuteMax: number }): void;
}

export function createMeter(options: MeterOptions): Meter {
  const { clock, directory } = options;
  const book = new LeaseBook(options);
  const grace = new Grace();
  const guard = new LoopGuard(() => clock.monotonicMs());
  const denied = noDenials();
  let holds = 0;
  let chargedMicros = 0n;

  const stopWatching = directory.onAgentChange(({ before, after }) => {
    const id = before?.id ?? after?.id;
    if (id === undefined || before === undefined) return;
    if (before.isPaused !== after?.isPaused) guard.forget(id);
    book.drop(id);
  });
  const timer = setInterval(() => book.upkeep(), limits.money.leaseUpkeepMs);
  timer.unref();

  const held = (call: MeteredCall, amountMicros: bigint, reservation: Reservation | null): Hold => {
    holds++;
    return { reservation, amountMicros, agentId: call.agent?.id ?? null, isOver: false };
  };

  const isLooping = ({ server, agent, tool, arguments: argumentsOf }: MeteredCall): boolean => {
    const max = agent?.budget.loopCallsPerMinuteMax ?? null;
    if (agent === null || max === null) return false;
    if (guard.isSuspected(agent.id)) return true;
    const call = hash("sha1", `${tool}\n${argumentsOf()}`, "base64");
    const count = guard.count(agent.id, call, max);
    if (count !== null) options.onLoop(agent, { tool, server, callsPerMinuteMax: max });
    return count !== null;
  };

  /** What has to be set aside for a call, and where. */
  const needOf = (call: MeteredCall) => {
    const { server, agent, endUser, session } = call;
    const { isPriced } = server.plan;
    const spender = { organizationId: server.organizationId, agent, endUser, session };
    const layers = layersOf(spender, isPriced);
    // A call that costs nothing still needs a budget that is not used up.
    const amountMicros = isPriced ? priceCapOf(server) : 1n;
    return { scopes: book.scopesOf(spender, layers), amountMicros };
  };

  const admitNow = (call: MeteredCall): Hold | MeterRefusal | null => {
    if (isLooping(call)) return refusalOfAgent("loop_suspected", call.agent?.id ?? "");
    const { scopes, amountMicros } = needOf(call);
    if (scopes.length === 0) return held(call, 0n, null);
    const reservation = book.reserve(scopes, amountMicros);
    return reservation === null ? null : held(call, amountMicros, reservation);
  };

  /** `isAlone`: no call of the same request has set anything aside, which is not given back while this one waits. */
  const admitLater = async (call: MeteredCall, isAlone: boolean): Promise<Hold | MeterRefusal> => {
    const { scopes, amountMicros } = needOf(call);
    const answer: Reservation | NoRoom = await book.wait(scopes, amountMicros);
    if ("leases" in answer) {
      if (call.agent !== null) grace.end(call.agent.id);
      return held(call, amountMicros, answer);
    }
    if (answer.kind === "refused") {
      const { organizationId } = call.server;
      return refusalByLimit(answer.refusal, {
        organizationId,
        mayComeBack: isAlone && answer.mayComeBack,
      });
    }
    if (answer.kind === "changed") {
      // Of nobody's budget: its credits were forgotten here while the ledger was slow to answer.
      if (call.agent === null) return admitLater(call, isAlone);
      const agent = directory.agentById(call.agent.id) ?? null;
      if (agent !== null && !agent.isPaused) return admitLater({ ...call, agent }, isAlone);
      return refusalOfAgent("agent_paused", call.agent.id);
    }
    const { agent } = call;
    const mayGoOn = agent?.budget.onUnavailable === "grace";
    if (agent !== null && mayGoOn && grace.take(agent.id, amountMicros, clock.monotonicMs()))
      return held(call, amountMicros, null);
    return refusalAsUnavailable(agent?.id ?? call.server.organizationId);
  };

  const giveBack = (hold: Hold, spentMicros: bigint): boolean => {
    if (hold.isOver) return false;
    hold.isOver = true;
    holds--;
    if (hold.reservation !== null) book.settle(hold.reservation, spentMicros);
    else if (hold.agentId !== null) grace.giveBack(hold.agentId, hold.amountMicros - spentMicros);
    return true;
  };

  const release = (given: readonly Hold[]): void => {
    for (const hold of given) giveBack(hold, 0n);
  };

  const refused = (refusal: MeterRefusal, given: readonly Hold[]): MeterRefusal => {
    denied[refusal.limitSource]++;
    release(given);
    return refusal;
  };

  const admitRest = async (
    calls: readonly MeteredCall[],
    given: Hold[],
  ): Promise<readonly Hold[] | MeterRefusal> => {
    // The first one was looked at already.
    let isFirst = true;
    try {
      for (const call of calls) {
        const answer = (isFirst ? null : admitNow(call)) ?? (await admitLater(call, given.length === 0));
        isFirst = false;
        if (isMeterRefusal(answer)) return refused(answer, given);
        given.push(answer);
      }
      return given;
    } catch (error) {
      release(given);
      throw error;
    }
  };

  return {
    watches: ({ plan }, agent) =>
      plan.isPriced || (agent !== null && (agent.budget.loopCallsPerMinuteMax !== null || hasCaps(agent))),

    admit(calls) {
      const given: Hold[] = [];
      for (const [index, call] of calls.entries()) {
        const answer = admitNow(call);
        if (answer === null) return admitRest(calls.slice(index), given);
        if (isMeterRefusal(answer)) return refused(answer, given);
        given.push(answer);
      }
      return given;
    },

    settle(call) {
      const { billing, spentMicros } = bill(call);
      if (call.hold === null) {
        chargedMicros += spentMicros;
        return billing;
      }
      if (giveBack(call.hold, spentMicros)) chargedMicros += spentMicros;
      return billing;
    },

    release,

    stats: () => ({ ...book.stats, holds, chargedMicros, denied }),

    close: async () => {
      stopWatching();
      clearInterval(timer);
      await book.close();
    },
  };
}

const FREE = new Map<string, FactBilling>();

/** The same object for the same reason: most calls cost nothing where a plan has no prices. */
function freeOf(reason: string): FactBilling {
  let billing = FREE.get(reason);
  if (billing === undefined) {
    billing = { verdict: `zero_rated:${reason}`, charge: null };
    FREE.set(reason, billing);
  }
  return billing;
}

/** Whether a tool call that ended is billed, and by what. Pure. */
export function bill(call: EndedCall): { billing: FactBilling; spentMicros: bigint } {
  const { server, hold } = call;
  const zeroRate = zeroRateOf(call, server.plan.isPriced);
  if (zeroRate !== null) return { billing: freeOf(zeroRate), spentMicros: 0n };
  const { amountMicros, units } = priceOf(server, call);
  const leaseOf = (kind: string): string | null => {
    const index = hold?.reservation?.scopes.findIndex(({ scope }) => scope.kind === kind) ?? -1;
    return hold?.reservation?.leases[index]?.id ?? null;
  };
  const charge = {
    amountMicros: String(amountMicros),
    units,
    priceVersion: server.plan.priceVersion,
    leases: {
      organization: leaseOf("organization"),
      agent: leaseOf("agent"),
      user: leaseOf("user"),
      session: leaseOf("session"),
    },
  };
  return { billing: { verdict: "billed", charge }, spentMicros: amountMicros };
}

const noDenials = (): Record<LimitSource, number> => ({
  organization_credits: 0,
  agent_budget: 0,
  user_budget: 0,
  session_budget: 0,
  agent_paused: 0,
  loop_suspected: 0,
  unavailable: 0,
});
