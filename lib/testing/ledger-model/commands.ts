import fc from "fast-check";

/** What can happen to the books of one organization, as plain data that a failing run prints. Places are taken modulo what there is. */
export type Single =
  | {
      do: "grant";
      key: number;
      kind: "manual" | "promo" | "plan";
      amount: bigint;
      priority: number;
      expiresInMs: number | null;
    }
  | { do: "purchase"; amount: bigint }
  | { do: "clawBack"; payment: number; part: number }
  | { do: "giveBack"; payment: number; amount: bigint }
  | { do: "adjust"; key: number; amount: bigint }
  | {
      do: "take";
      node: number;
      agent: number | null;
      credits: boolean;
      user: number | null;
      session: number | null;
      need: bigint;
      want: bigint;
      liveNodes: number;
    }
  | { do: "renew"; node: number }
  | { do: "release"; lease: number; unused: bigint }
  | { do: "settle"; calls: readonly Call[] }
  | { do: "abortSettle"; calls: readonly Call[] }
  | { do: "report"; agent: number; events: readonly { id: number; amount: bigint; user: number | null }[] }
  | { do: "expireDue" }
  | { do: "returnDead" }
  | { do: "reconcile"; isFull: boolean };

export type Command =
  | Single
  | {
      do: "cap";
      agent: number;
      of: "agent" | "user" | "everyUser" | "anonymous" | "session";
      cap: bigint | null;
    }
  | { do: "pause"; agent: number; isPaused: boolean }
  | { do: "price"; version: number }
  | { do: "wait"; ms: number }
  | { do: "setClock"; backMs: number }
  | { do: "both"; first: Single; second: Single };

/** A call of a node: `again` settles one that was settled before, the same or with other contents. */
export interface Call {
  again: number | null;
  agent: number | null;
  user: number | null;
  session: number | null;
  node: number;
  /** Whether the node draws from its leases, or has lost them. */
  leased: boolean;
  hundredMs: number;
  kib64: number;
  ageMs: number;
}

export const NODES = 2;
export const AGENTS = 2;
export const USERS = 2;
const DAY_MS = 86_400_000;

const amount = fc.oneof(
  { weight: 8, arbitrary: fc.bigInt({ min: 1n, max: 3_000n }) },
  { weight: 2, arbitrary: fc.bigInt({ min: 1n, max: 100_000n }) },
  { weight: 1, arbitrary: fc.constantFrom(9_007_199_254_740_993n, 2n ** 53n + 1n) },
);
/** Also what is refused. */
const anyAmount = fc.oneof(
  { weight: 30, arbitrary: amount },
  { weight: 1, arbitrary: fc.constantFrom(0n, -1n, 4_000_000_000_000_000_001n, 9_223_372_036_854_775_807n) },
);
const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { freq: 3 });
const place = fc.nat({ max: 5 });
const agent = fc.nat({ max: AGENTS - 1 });
const user = fc.nat({ max: USERS - 1 });
const node = fc.nat({ max: NODES - 1 });

const call: fc.Arbitrary<Call> = fc.record({
  again: fc.option(place, { freq: 3 }).map((value) => value),
  agent: maybe(agent),
  user: maybe(user),
  session: maybe(user),
  node,
  leased: fc.boolean(),
  hundredMs: fc.nat({ max: 20 }),
  kib64: fc.nat({ max: 3 }),
  ageMs: fc.oneof(fc.constant(0), fc.nat({ max: 10_000 }), fc.nat({ max: 3 * DAY_MS })),
});
const calls = fc.array(call, { minLength: 1, maxLength: 4 });

const grant = fc.record({
  do: fc.constant("grant" as const),
  key: fc.nat({ max: 30 }),
  kind: fc.constantFrom("manual" as const, "promo" as const, "plan" as const),
  amount: anyAmount,
  priority: fc.nat({ max: 2 }),
  expiresInMs: fc.oneof(
    fc.constant(null),
    fc.integer({ min: 1, max: 20_000 }),
    fc.integer({ min: 1, max: DAY_MS }),
  ),
});
const take = fc.record({
  do: fc.constant("take" as const),
  node,
  agent: maybe(agent),
  credits: fc.boolean(),
  user: maybe(user),
  session: maybe(user),
  need: fc.bigInt({ min: 0n, max: 500n }),
  want: fc.bigInt({ min: 0n, max: 3_000n }),
  liveNodes: fc.integer({ min: 1, max: 3 }),
});
const settle = fc.record({ do: fc.constant("settle" as const), calls });
const report = fc.record({
  do: fc.constant("report" as const),
  agent,
  events: fc.array(
    fc.record({
      id: fc.nat({ max: 6 }),
      amount: fc.oneof(fc.constantFrom(0n, 700n, 701n), fc.bigInt({ min: 0n, max: 5_000n })),
      user: maybe(user),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});
const release = fc.record({
  do: fc.constant("release" as const),
  lease: place,
  unused: fc.bigInt({ min: -10n, max: 3_000n }),
});
const clawBack = fc.record({
  do: fc.constant("clawBack" as const),
  payment: place,
  part: fc.integer({ min: 1, max: 4 }),
});

const single: fc.Arbitrary<Single> = fc.oneof(
  { weight: 4, arbitrary: grant },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("purchase" as const), amount }) },
  { weight: 2, arbitrary: clawBack },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("giveBack" as const), payment: place, amount }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("adjust" as const),
      key: fc.nat({ max: 30 }),
      amount: fc.oneof(anyAmount, fc.bigInt({ min: -3_000n, max: -1n })),
    }),
  },
  { weight: 7, arbitrary: take },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("renew" as const), node }) },
  { weight: 3, arbitrary: release },
  { weight: 8, arbitrary: settle },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("abortSettle" as const), calls }) },
  { weight: 3, arbitrary: report },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("expireDue" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("returnDead" as const) }) },
);

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 30, arbitrary: single },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("reconcile" as const), isFull: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("cap" as const),
      agent,
      of: fc.constantFrom("agent", "user", "everyUser", "anonymous", "session"),
      cap: fc.option(fc.bigInt({ min: 0n, max: 6_000n }), { freq: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("pause" as const), agent, isPaused: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("price" as const), version: fc.integer({ min: 1, max: 3 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.oneof(
        fc.integer({ min: 1, max: 2_500 }),
        // Around the time after which a dead node's leases return.
        fc.constantFrom(40_000, 149_000, 160_000),
        fc.integer({ min: DAY_MS, max: 40 * DAY_MS }),
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("setClock" as const),
      backMs: fc.integer({ min: 1, max: 2 * DAY_MS }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({ do: fc.constant("both" as const), first: single, second: single })
      .map((pair) => pair),
  },
  // The same thing twice at once: what clients do that lost an answer.
  {
    weight: 2,
    arbitrary: fc
      .oneof(grant, settle, report)
      .map((same): Command => ({ do: "both", first: same, second: same })),
  },
);

/** A sequence of commands; half of them begin with credits, so that there is something to spend. */
export const sequence: fc.Arbitrary<readonly Command[]> = fc
  .tuple(
    fc.boolean(),
    fc.bigInt({ min: 500n, max: 20_000n }),
    fc.array(command, { minLength: 1, maxLength: 14, size: "max" }),
  )
  .map(([hasCredits, first, rest]) =>
    hasCredits
      ? [
          { do: "grant", key: 99, kind: "manual", amount: first, priority: 1, expiresInMs: null } as const,
          ...rest,
        ]
      : rest,
  );
