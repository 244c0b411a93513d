import type { RequestFact } from "#lib/domain/requests/index.ts";
import { requestFact } from "../request-fact.ts";

/** Events, each delivered some times, in an order and grouping that follow from the seed. */
export interface Plan {
  readonly events: number;
  readonly times: number;
  readonly seed: number;
  /** Epoch milliseconds: the events happened in the hours from then on. */
  readonly fromMs: number;
}

export const ORGANIZATIONS = 20;
const HOURS = 6;
const GROUP_MIN = 500;
const GROUP_MAX = 1_000;
const AGENTS = 3;

/** What a call costs; the plan version that the database must have. */
export const PRICES = { perCall: 100n, per100Ms: 5n, per64Kib: 10n };

export const organizationOf = (index: number): string => `org_once_${index % ORGANIZATIONS}`;

export const amountOf = (index: number): bigint => {
  const { hundredMs, kib64 } = unitsOf(index);
  return PRICES.perCall + PRICES.per100Ms * BigInt(hundredMs) + PRICES.per64Kib * BigInt(kib64);
};

const unitsOf = (index: number) => ({ calls: 1, hundredMs: 1 + (index % 37), kib64: index % 5 });

/** The `index`-th event: the same whenever it is delivered. */
export function eventOf({ events, fromMs }: Plan, index: number): RequestFact {
  const atMs = fromMs + Math.floor((index * HOURS * 3_600_000) / events);
  const time = atMs.toString(16).padStart(12, "0");
  const id = `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${index.toString(16).padStart(12, "0")}`;
  const agent = index % (AGENTS + 1);
  return requestFact({
    id,
    organizationId: organizationOf(index),
    serverId: `srv_once_${index % 50}`,
    tool: `tool_${index % 7}`,
    source: agent === AGENTS ? "external" : "agent",
    agentId: agent === AGENTS ? null : `agt_${agent}_${organizationOf(index)}`,
    billing: {
      verdict: "billed",
      charge: {
        amountMicros: String(amountOf(index)),
        units: unitsOf(index),
        priceVersion: "once@1",
        leases: { organization: null, agent: null, user: null, session: null },
      },
    },
  });
}

/** Which events are delivered together, delivery after delivery. */
export function groupsOf({ events, times, seed }: Plan): Int32Array[] {
  const random = seeded(seed);
  const order = Int32Array.from({ length: events * times }, (_, place) => place % events);
  for (let place = order.length - 1; place > 0; place--) {
    const other = Math.floor(random() * (place + 1));
    const moved = order[place] ?? 0;
    order[place] = order[other] ?? 0;
    order[other] = moved;
  }
  const groups: Int32Array[] = [];
  for (let from = 0; from < order.length; ) {
    const to = from + GROUP_MIN + Math.floor(random() * (GROUP_MAX - GROUP_MIN + 1));
    groups.push(order.subarray(from, to));
    from = to;
  }
  return groups;
}

/** Mulberry32: the same numbers for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
