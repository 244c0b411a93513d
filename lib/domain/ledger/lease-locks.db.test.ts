import { afterAll, beforeAll, expect, it } from "vitest";
import { fakeClock } from "#lib/testing/fake-clock.ts";
import { CREDITS, ledgerFixture } from "#lib/testing/ledger-fixture.ts";
import { createTestOrganization } from "#lib/testing/tenants.ts";
import { type TestDatabase, testDatabase } from "#lib/testing/test-database.ts";
import { agentScope, sessionScope } from "./scopes.ts";

const SESSIONS = 40;

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase({ connectionsMax: 12 });
});
afterAll(() => test.close());

it("leases are renewed, used and settled at once, named in any order: nobody waits for each other in a circle", async () => {
  const { id } = await createTestOrganization(test.database, "acme", "Acme");
  const books = ledgerFixture(test, id, fakeClock());
  await books.grant(1_000_000n);
  const agentId = await books.agent({ monthlyCapMicros: 1_000_000n, sessionCapMicros: 1_000_000n });
  const leases: { session: string; organization: string; agent: string; own: string }[] = [];
  for (let number = 0; number < SESSIONS; number++) {
    const session = `s-${number}`;
    const scopes = [CREDITS, agentScope(agentId), sessionScope(agentId, session)];
    const answer = await books.take(scopes, { agentId, need: 100n });
    if (!answer.ok) throw new Error("refused");
    const [organization = "", agent = "", own = ""] = answer.grants.map(({ leaseId }) => leaseId);
    leases.push({ session, organization, agent, own });
  }
  // Leases of weeks are kept: rows are found one by one, in the order in which they are named.
  await test.database.sql`
    insert into leases select organization_id, 'lse_old_' || n, scope_kind, scope_id, period, node, epoch || n, 0, 0,
      granted_at, expires_at, 'closed'
    from leases l, generate_series(1, 20000) n where l.id = ${leases[0]?.own ?? ""}`;
  await test.database.sql`analyze leases`;
  const known = [...new Set(leases.flatMap(({ organization, agent, own }) => [organization, agent, own]))];
  const settleAll = (from: readonly (typeof leases)[number][]) =>
    books.settle(
      from.map(({ session, organization, agent, own }) =>
        books.call(1n, {
          agentId,
          agentSession: session,
          leases: { organization, agent, session: own },
        }),
      ),
    );
  const settledOrRenewed = Array.from({ length: 30 }, (_, turn) => [
    settleAll(turn % 2 ? leases : leases.toReversed()),
    books.store.renew(id, turn % 2 ? known.toReversed() : known),
    books.store.renew(id, known.toSorted()),
    books.store.renew(id, known.toSorted().toReversed()),
  ]).flat();
  const ended = await Promise.allSettled<unknown>(settledOrRenewed);
  expect(ended.flatMap((one) => (one.status === "rejected" ? [one.reason] : []))).toEqual([]);
  const [spent] = await test.database.sql<{ settled: string }[]>`
    select sum(settled_micros) as settled from leases where organization_id = ${id} and scope_kind = 'session'`;
  expect(spent?.settled).toBe(String(30 * SESSIONS));
});
