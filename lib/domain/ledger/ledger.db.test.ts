import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { inTransaction } from "#lib/db/transaction.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { uuid7Floor } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { MICROS_MAX } from "#lib/kernel/money.ts";
import { type FakeClock, fakeClock } from "#lib/testing/fake-clock.ts";
import { CREDITS, ledgerFixture } from "#lib/testing/ledger-fixture.ts";
import { createTestOrganization, type TestOrganization } from "#lib/testing/tenants.ts";
import { type TestDatabase, testDatabase } from "#lib/testing/test-database.ts";
import {
  addCredits,
  adjust,
  agentScope,
  balances,
  deleteOldSpend,
  expireDue,
  recordExternalUsage,
  returnDeadLeases,
  userScope,
} from "./index.ts";

const BEYOND_DOUBLES = 9_007_199_254_740_993n;
const DAY_MS = 86_400_000;

let test: TestDatabase;
let acme: TestOrganization;
let globex: TestOrganization;
let clock: FakeClock;
let books: ReturnType<typeof ledgerFixture>;
let serial = 0;

beforeAll(async () => {
  test = await testDatabase({ connectionsMax: 20 });
});
afterAll(() => test.close());
beforeEach(async () => {
  serial += 1;
  acme = await createTestOrganization(test.database, `acme-${serial}`, "Acme");
  globex = await createTestOrganization(test.database, `globex-${serial}`, "Globex");
  clock = fakeClock();
  books = ledgerFixture(test, acme.id, clock);
});

const now = (organization = acme) => balances(test.database.sql, organization.id, clock.nowMs());
const txs = (type: string) => test.database.sql<{ id: string; amount: string; events: number }[]>`
  select id, amount_micros as amount, event_count as events from ledger_txs
  where organization_id = ${acme.id} and type = ${type} order by id`;
const code = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "ok",
    (error: unknown) => {
      if (error instanceof DomainError) return error.code;
      throw error;
    },
  );
const report = (agentId: string, amountMicros: bigint, eventId = "e1") =>
  inTransaction(test.database.db, (db) =>
    recordExternalUsage(
      db,
      {
        organizationId: acme.id,
        agentId,
        actor: "apiToken:key_1",
        events: [
          {
            eventId,
            amountMicros,
            occurredAtMs: clock.nowMs(),
            description: "a model",
            endUser: null,
            session: null,
          },
        ],
      },
      books.posting(),
    ),
  );

describe("two clients at once", () => {
  it("posts one transaction for fifty uses of the same key, and answers it to all", async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => books.grant(100n, { idemKey: "same" })),
    );
    expect(new Set(answers.map(({ txId }) => txId)).size).toBe(1);
    expect(new Set(answers.map(({ grantId }) => grantId)).size).toBe(1);
    expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect((await now()).availableMicros).toBe(100n);
  });

  it("never sets aside more than there is: fifty times 5 of 52 gives ten leases", async () => {
    await books.grant(52n);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, node) => books.take([CREDITS], { epoch: `node-${node}`, need: 5n })),
    );
    expect(answers.filter(({ ok }) => ok)).toHaveLength(10);
    expect(await now()).toMatchObject({ availableMicros: 2n, heldMicros: 50n });
    const refused = answers.find(({ ok }) => !ok);
    expect(refused).toMatchObject({ refusal: { limitSource: "organization_credits", remainingMicros: 2n } });
  });

  it("bills the same batch once when it is settled on many connections, in any order", async () => {
    await books.grant(1_000n);
    const calls = Array.from({ length: 40 }, () => books.call(3n));
    const settled = await Promise.all(
      Array.from({ length: 8 }, (_, turn) => books.settle(turn % 2 ? [...calls].reverse() : calls)),
    );
    expect(settled.reduce((sum, each) => sum + each.settled, 0)).toBe(40);
    expect((await now()).accounts.consumed).toBe(120n);
    expect(await txs("usage")).toMatchObject([{ amount: "-120", events: 40 }]);
  });

  it("opens the books of several organizations without a deadlock, whatever the order of a batch", async () => {
    const other = ledgerFixture(test, globex.id, clock);
    const batch = () => [books.call(1n), other.call(2n)];
    await Promise.all(
      Array.from({ length: 30 }, (_, turn) => books.settle(turn % 2 ? batch().reverse() : batch())),
    );
    expect((await now(acme)).debtMicros).toBe(30n);
    expect((await now(globex)).debtMicros).toBe(60n);
  });
});

describe("amounts", () => {
  it("keeps amounts that no double can hold, exactly, through every path", async () => {
    await books.grant(BEYOND_DOUBLES);
    await books.settle([books.call(1n)]);
    expect((await now()).availableMicros).toBe(BEYOND_DOUBLES - 1n);
    const agentId = await books.agent();
    const [reported] = await report(agentId, BEYOND_DOUBLES);
    expect(reported?.amountMicros).toBe(BEYOND_DOUBLES);
    expect(await now()).toMatchObject({ availableMicros: 0n, debtMicros: 1n });
  });

  it("refuses zero, negative and huge amounts, and leaves the books as they were", async () => {
    await books.grant(7n);
    const max = limits.money.accountMicrosMax;
    for (const amount of [0n, -1n, max + 1n, MICROS_MAX, MICROS_MAX * 10n]) {
      expect(await code(books.grant(amount))).toBe("invalid_input");
    }
    expect(await code(books.grant(max))).toBe("unprocessable");
    const agentId = await books.agent();
    for (const amount of [-1n, limits.money.usageEventMicrosMax + 1n, MICROS_MAX]) {
      expect(await code(report(agentId, amount))).toBe("invalid_input");
    }
    const adjustBy = (amountMicros: bigint) =>
      inTransaction(test.database.db, (db) =>
        adjust(
          db,
          {
            organizationId: acme.id,
            amountMicros,
            reason: "test",
            actor: "system:test",
            idemKey: books.ids.uuid(),
          },
          books.posting(),
        ),
      );
    expect(await code(adjustBy(0n))).toBe("invalid_input");
    expect(await code(adjustBy(-8n))).toBe("unprocessable");
    expect(await now()).toMatchObject({ availableMicros: 7n, debtMicros: 0n });
  });

  it("refuses single charges that cannot be ours and bills the rest of the batch", async () => {
    await books.grant(100n);
    const bad = ["-5", "1.5", "NaN", "1e3", "", "9223372036854775808", String(MICROS_MAX)];
    const calls = bad.map((amountMicros) => {
      const call = books.call(1n);
      return { ...call, charge: { ...call.charge, amountMicros } };
    });
    const units = books.call(1n);
    const fractional = {
      ...units,
      charge: { ...units.charge, units: { calls: 0.5, hundredMs: -1, kib64: 0 } },
    };
    const { settled, refused } = await books.settle([...calls, fractional, books.call(10n)]);
    expect(settled).toBe(1);
    expect(refused).toHaveLength(bad.length + 1);
    expect((await now()).availableMicros).toBe(90n);
  });

  it("does not bill what is older than its memory of what was billed", async () => {
    const old = clock.nowMs() - (limits.money.usageEventsKeptDays + 1) * DAY_MS;
    const { settled, refused } = await books.settle([books.call(5n, { id: books.ids.uuid(old) })]);
    expect({ settled, refused: refused.length }).toEqual({ settled: 0, refused: 1 });
  });

  it("skips organizations that do not exist, and bills the others", async () => {
    const { settled } = await books.settle([books.call(5n, { organizationId: "org_none" }), books.call(5n)]);
    expect(settled).toBe(1);
    expect((await now()).debtMicros).toBe(5n);
  });

  it("stores texts that a client made up", async () => {
    const agentId = await books.agent();
    const nasty = 'a\u0000b\ud800"\\\n';
    await books.settle([
      books.call(5n, { agentId, endUser: nasty, tool: nasty, client: nasty, agentSession: nasty }),
    ]);
    expect((await now()).debtMicros).toBe(5n);
  });
});

describe("leases", () => {
  it("takes the smaller of what is wanted and a node's share, but at least one call", async () => {
    await books.grant(8_000n);
    const sizeOf = async (epoch: string, need: bigint, want: bigint, liveNodes: number) => {
      const answer = await books.take([CREDITS], { epoch, need, want, liveNodes });
      return answer.ok ? answer.grants[0]?.addedMicros : answer.refusal.limitSource;
    };
    expect(await sizeOf("a", 10n, 100n, 1)).toBe(100n);
    expect(await sizeOf("b", 10n, 100_000n, 1)).toBe(1_975n);
    expect(await sizeOf("c", 1_500n, 100_000n, 10)).toBe(1_500n);
    expect(await sizeOf("d", 4_426n, 100_000n, 1)).toBe("organization_credits");
  });

  it("knows caps from the agent's row, and refuses with the widest layer that has too little", async () => {
    await books.grant(1_000n);
    const agentId = await books.agent({
      monthlyCapMicros: 300n,
      defaultUserCapMicros: 100n,
      anonymousUserCapMicros: 5n,
      userCaps: { bob: "250" },
    });
    const take = (user: string | null, need: bigint, epoch = "e") =>
      books.take([userScope(agentId, user), agentScope(agentId), CREDITS], { agentId, need, epoch });
    expect(await take("ann", 101n)).toMatchObject({
      refusal: {
        limitSource: "user_budget",
        capMicros: 100n,
        remainingMicros: 100n,
        scopeId: `${agentId}\nann`,
      },
    });
    expect(await take(null, 6n)).toMatchObject({ refusal: { limitSource: "user_budget", capMicros: 5n } });
    expect(await take("bob", 250n)).toMatchObject({ ok: true });
    expect(await take("ann", 51n)).toMatchObject({
      refusal: { limitSource: "agent_budget", remainingMicros: 50n, resetsAtMs: Date.UTC(2026, 3, 1) },
    });
    // `constructor` is a name like any other.
    expect(await take("constructor", 50n)).toMatchObject({ ok: true });
    expect(await now()).toMatchObject({ heldMicros: 300n, availableMicros: 700n });
  });

  it("refuses a paused agent, and its leases are not renewed, nor those over a lowered cap", async () => {
    const agentId = await books.agent({ monthlyCapMicros: 300n });
    const answer = await books.take([agentScope(agentId)], { agentId, need: 200n });
    if (!answer.ok) throw new Error("refused");
    const leaseIds = answer.grants.map(({ leaseId }) => leaseId);
    expect(await books.store.renew(acme.id, leaseIds)).toEqual([]);
    expect(await books.store.renew(globex.id, leaseIds)).toEqual(leaseIds);
    const { sql } = test.database;
    await sql`update agents set monthly_cap_micros = 199 where id = ${agentId}`;
    expect(await books.store.renew(acme.id, leaseIds)).toEqual(leaseIds);
    await sql`update agents set monthly_cap_micros = 300, pause_reason = 'by_hand' where id = ${agentId}`;
    expect(await books.store.renew(acme.id, leaseIds)).toEqual(leaseIds);
    expect(await books.take([agentScope(agentId)], { agentId })).toMatchObject({
      refusal: { limitSource: "agent_paused" },
    });
  });

  it("does not let one agent or organization lease from another", async () => {
    const agentId = await books.agent();
    const stranger = await ledgerFixture(test, globex.id, clock).agent();
    expect(await code(books.take([agentScope(stranger)], { agentId }))).toBe("invalid_input");
    expect(await code(books.take([CREDITS, CREDITS]))).toBe("invalid_input");
    expect(await books.take([agentScope(stranger)], { agentId: stranger })).toMatchObject({
      refusal: { limitSource: "agent_paused" },
    });
    await books.grant(100n);
    const own = await books.take([CREDITS], { need: 50n });
    if (!own.ok) throw new Error("refused");
    const leaseId = own.grants[0]?.leaseId ?? "";
    await books.store.release([{ organizationId: globex.id, leaseId, unusedMicros: 50n }]);
    const other = ledgerFixture(test, globex.id, clock);
    await other.settle([other.call(10n, { leases: { organization: leaseId } })]);
    expect(await now()).toMatchObject({ heldMicros: 50n });
    expect(await now(globex)).toMatchObject({ debtMicros: 10n });
  });

  it("gives back what a dead node left, once its longest call is over; what settles later is still paid", async () => {
    await books.grant(100n);
    const taken = await books.take([CREDITS], { need: 60n });
    if (!taken.ok) throw new Error("refused");
    const organization = taken.grants[0]?.leaseId ?? null;
    await books.settle([books.call(20n, { leases: { organization } })]);
    const early = limits.money.leaseMs + limits.mcp.toolCallDurationMsMax + limits.money.leaseSettleGraceMs;
    clock.advance(early);
    await returnDeadLeases(test.database, clock.nowMs(), books.ids);
    expect(await now()).toMatchObject({ heldMicros: 40n });
    clock.advance(1);
    expect(await returnDeadLeases(test.database, clock.nowMs(), books.ids)).toBeGreaterThan(0);
    expect(await now()).toMatchObject({ heldMicros: 0n, availableMicros: 80n });
    expect(await books.settle([books.call(90n, { leases: { organization } })])).toMatchObject({ settled: 1 });
    expect(await now()).toMatchObject({ availableMicros: 0n, debtMicros: 10n });
  });

  it("tells that the database is away", async () => {
    const away = await testDatabase();
    const far = ledgerFixture(away, acme.id, clock);
    await away.close();
    expect(await code(far.take([CREDITS]))).toBe("unavailable");
    expect(await code(far.store.renew(acme.id, ["lse_1"]))).toBe("unavailable");
  });
});

describe("time", () => {
  it("starts a new month for budgets at its first moment in UTC, under load, and never spends over a cap", async () => {
    const monthEnd = Date.UTC(2026, 3, 1);
    const agentId = await books.agent({ monthlyCapMicros: 100n });
    let settled = 0n;
    for (const ms of [-3_000, -1_000, -501, -500, -1, 0, 1, 700]) {
      clock.setWall(monthEnd + ms);
      await Promise.all(
        Array.from({ length: 6 }, async (_, node) => {
          const answer = await books.take([agentScope(agentId)], {
            agentId,
            epoch: `n${node}`,
            need: 7n,
            liveNodes: 6,
          });
          if (!answer.ok) return;
          for (const { leaseId, addedMicros, ttlMs, period } of answer.grants) {
            // No lease is for use beyond its period: what it lives longer is never used.
            expect(clock.nowMs() + ttlMs - (period === "2026-03" ? 0 : 40 * DAY_MS)).toBeLessThanOrEqual(
              monthEnd,
            );
            await books.settle([books.call(addedMicros, { agentId, leases: { agent: leaseId } })]);
            settled += addedMicros;
          }
        }),
      );
    }
    const rows = await test.database.sql<{ period: string; spent: string; leased: string }[]>`
      select period, spent_micros as spent, leased_micros as leased from budget_spend
      where organization_id = ${acme.id} and scope_kind = 'agent' order by period`;
    expect(rows.map(({ period, spent, leased }) => [period, spent, leased])).toEqual([
      ["2026-03", "98", "0"],
      ["2026-04", "98", "0"],
    ]);
    expect(settled).toBe(196n);
  });

  it("makes no credits spendable again when the clock is set back, and expires none twice", async () => {
    await books.grant(40n, { expiresAtMs: clock.nowMs() + 1_000 });
    await books.grant(60n);
    clock.advance(1_000);
    expect(await now()).toMatchObject({ availableMicros: 60n });
    expect(await expireDue(test.database, clock.nowMs(), books.ids)).toBe(1);
    clock.setWall(clock.nowMs() - DAY_MS);
    expect(await now()).toMatchObject({ availableMicros: 60n });
    clock.setWall(clock.nowMs() + 400 * DAY_MS);
    expect(await expireDue(test.database, clock.nowMs(), books.ids)).toBe(0);
    expect(await txs("expiry")).toMatchObject([{ amount: "-40" }]);
  });

  it("lets a running call spend what it set aside before the credits expired, and expires the rest when it comes back", async () => {
    await books.grant(100n, { expiresAtMs: clock.nowMs() + 1_000 });
    const taken = await books.take([CREDITS], { need: 30n });
    if (!taken.ok) throw new Error("refused");
    const organization = taken.grants[0]?.leaseId ?? "";
    clock.advance(5_000);
    expect(await books.take([CREDITS], { need: 1n })).toMatchObject({ ok: false });
    await books.settle([books.call(10n, { leases: { organization } })]);
    await books.store.release([{ organizationId: acme.id, leaseId: organization, unusedMicros: 20n }]);
    const { accounts } = await now();
    expect(accounts).toMatchObject({ consumed: 10n, expired: 90n, available: 0n, held: 0n, debt: 0n });
  });

  it("forgets sessions and leases that ended long ago, and no other spend", async () => {
    const agentId = await books.agent({ sessionCapMicros: 50n });
    const session = { kind: "session" as const, id: `${agentId}\ns1` };
    const taken = await books.take([agentScope(agentId), session], { agentId, need: 5n });
    if (!taken.ok) throw new Error("refused");
    const [agent, own] = taken.grants.map(({ leaseId }) => leaseId);
    await books.settle([
      books.call(5n, { agentId, agentSession: "s1", leases: { agent: agent ?? null, session: own ?? null } }),
    ]);
    clock.advance(70 * DAY_MS);
    await returnDeadLeases(test.database, clock.nowMs(), books.ids);
    expect(await deleteOldSpend(test.database, clock.nowMs())).toBeGreaterThanOrEqual(3);
    const kinds = await test.database.sql<{ kind: string }[]>`
      select scope_kind as kind from budget_spend where organization_id = ${acme.id} order by 1`;
    expect(kinds.map(({ kind }) => kind)).toEqual(["agent", "user"]);
  });
});

describe("costs from elsewhere", () => {
  it("books an event once for its agent, and refuses its id with other contents", async () => {
    await books.grant(50n);
    const agentId = await books.agent();
    const [first] = await report(agentId, 20n);
    const [again] = await report(agentId, 20n);
    expect(first?.status).toBe("accepted");
    expect(again).toEqual({ ...first, status: "duplicate" });
    expect(await code(report(agentId, 21n))).toBe("unprocessable");
    // Another agent's event is another event.
    expect((await report(await books.agent(), 20n))[0]?.status).toBe("accepted");
    expect((await now()).availableMicros).toBe(10n);
  });

  it("leaves room to settle when somebody reports all that the books can hold", async () => {
    const agentId = await books.agent();
    const one = limits.money.usageEventMicrosMax;
    const times = Number(limits.money.accountMicrosMax / one);
    await inTransaction(test.database.db, (db) =>
      recordExternalUsage(
        db,
        {
          organizationId: acme.id,
          agentId,
          actor: "x",
          events: Array.from({ length: times }, (_, index) => ({
            eventId: `e${index}`,
            amountMicros: one,
            occurredAtMs: clock.nowMs(),
            description: "",
            endUser: null,
            session: null,
          })),
        },
        books.posting(),
      ),
    );
    expect(await code(report(agentId, one, "more"))).toBe("unprocessable");
    expect(await books.settle([books.call(one)])).toMatchObject({ settled: 1 });
  });
});

describe("what the database holds by itself", () => {
  const attempt = (statement: string) =>
    test.database.sql.unsafe(statement).then(
      () => "done",
      (error: { code?: string }) => error.code,
    );

  it("refuses to change or delete what is in the ledger", async () => {
    await books.grant(10n);
    for (const table of ["ledger_txs", "ledger_entries", "plan_versions", "grant_uses"]) {
      expect(await attempt(`delete from ${table}`)).toBe("LG001");
      expect(await attempt(`truncate ${table}`)).toBe("LG001");
    }
    expect(await attempt("update ledger_entries set amount_micros = amount_micros")).toBe("LG001");
    expect(await attempt("update ledger_txs set reason = 'nicer'")).toBe("LG001");
    expect(await attempt("update plan_versions set per_call_micros = 0")).toBe("LG001");
    expect(await attempt("delete from ledger_accounts")).toBe("LG001");
  });

  it("refuses entries that do not sum to zero, have no transaction, or do not follow the last one", async () => {
    await books.grant(10n);
    const id = uuid7Floor(clock.nowMs());
    const entry = (tx: string, kind: string, amount: number, version: number, after: number) =>
      `insert into ledger_entries values ('${acme.id}', '${tx}', 9, '${kind}', ${amount}, ${version}, ${after})`;
    const [granted] = await txs("grant");
    const pair = (held: number, before: number) =>
      `${entry(id, "available", 5, 2, 15 + before)}, ('${acme.id}', '${id}', 8, 'held', ${held}, 1, ${held})`;
    expect(await attempt(entry(granted?.id ?? "", "available", 5, 2, 15))).toBe("LG002");
    expect(await attempt(pair(-4, 0))).toBe("LG002");
    expect(await attempt(pair(-5, 0))).toBe("LG003");
    const tx = `insert into ledger_txs select organization_id, '${id}', type, 0, 0, 'another', idem_hash, source_kind,
      source_id, null, agent_id, 0, null, actor, null, effective_at, created_at from ledger_txs where id = '${granted?.id}'`;
    expect(await attempt(`${tx}; ${pair(-5, 1)}`)).toBe("LG004");
    expect(await attempt(entry(granted?.id ?? "", "available", 5, 1, 15))).toBe("23505");
    expect(
      await attempt(
        "update ledger_accounts set balance_micros = balance_micros + 1 where kind = 'available'",
      ),
    ).toBe("LG005");
    expect(await attempt(`update ledger_accounts set balance_micros = -1 where kind = 'available'`)).toBe(
      "23514",
    );
  });

  it("refuses a posting that names an account twice, and a key of something else", async () => {
    const post = (entries: object[], own: object = {}) =>
      attempt(
        `select ledger_post('${JSON.stringify([
          {
            organizationId: acme.id,
            id: books.ids.uuid(),
            type: "grant",
            idemKey: "k",
            idemHash: "00",
            sourceKind: "test",
            actor: "test",
            effectiveAt: "2026-01-01T00:00:00Z",
            createdAt: "2026-01-01T00:00:00Z",
            entries,
            ...own,
          },
        ])}')`,
      );
    const entry = (account: string, amountMicros: string) => ({ account, amountMicros });
    // What is left of them does not sum to zero, or there is less than was asked for.
    expect(await post([entry("available", "1"), entry("available", "1"), entry("granted", "-2")])).toBe(
      "LG002",
    );
    expect(await post([entry("available", "1"), entry("nowhere", "-1")])).toBe("LG002");
    expect(
      await post([
        entry("available", "1"),
        entry("granted", "-1"),
        entry("nowhere", "1"),
        entry("nowhere", "-1"),
      ]),
    ).toBe("LG006");
    expect(await post([entry("available", "1"), entry("granted", "-2")])).toBe("LG002");
    expect(await post([entry("available", "1"), entry("granted", "-1")])).toBe("done");
    expect(await post([entry("available", "1"), entry("granted", "-1")])).toBe("done");
    expect(await post([entry("available", "1"), entry("granted", "-1")], { idemHash: "01" })).toBe("LG422");
    expect(
      await post([entry("available", String(MICROS_MAX)), entry("granted", `-${MICROS_MAX}`)], {
        idemKey: "l",
      }),
    ).toBe("22003");
    expect((await now()).accounts.available).toBe(1n);
  });

  it("rolls back a grant with the command that failed after it", async () => {
    const failure = new Error("later");
    await expect(
      inTransaction(test.database.db, async (db) => {
        await addCredits(
          db,
          {
            organizationId: acme.id,
            kind: "promo",
            amountMicros: 5n,
            priority: 1,
            expiresAtMs: null,
            paymentId: null,
            reason: null,
            actor: "x",
            idemKey: "x",
          },
          books.posting(),
        );
        throw failure;
      }),
    ).rejects.toBe(failure);
    expect((await now()).availableMicros).toBe(0n);
  });
});
