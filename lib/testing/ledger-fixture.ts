import { agents } from "#drizzle/schema/index.ts";
import { inSqlTransaction, inTransaction } from "#lib/db/transaction.ts";
import {
  addCredits,
  type Charge,
  createLeaseStore,
  type LeaseScope,
  type NewCredits,
  type Settlement,
  settleUsage,
} from "#lib/domain/ledger/index.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import type { FakeClock } from "./fake-clock.ts";
import type { TestDatabase } from "./test-database.ts";

/** Books for tests: credits, agents, leases and calls of one organization, in a line each. */
export function ledgerFixture({ database }: TestDatabase, organizationId: string, clock: FakeClock) {
  const ids = createIdSource(() => clock.nowMs());
  const posting = () => ({ nowMs: clock.nowMs(), newId: () => ids.uuid(clock.nowMs()) });
  const store = createLeaseStore(database, { clock, ids });
  const noLeases: Charge["leases"] = { organization: null, agent: null, user: null, session: null };
  return {
    ids,
    posting,
    store,
    grant: (amountMicros: bigint, own: Partial<NewCredits> = {}) =>
      inTransaction(database.db, (db) =>
        addCredits(
          db,
          {
            organizationId,
            kind: "manual",
            amountMicros,
            priority: 50,
            expiresAtMs: null,
            paymentId: null,
            reason: "test",
            actor: "system:test",
            idemKey: ids.uuid(),
            ...own,
          },
          posting(),
        ),
      ),
    async agent(own: Partial<typeof agents.$inferInsert> = {}): Promise<string> {
      const id = ids.id("agt");
      await database.db.insert(agents).values({ organizationId, id, name: id, ...own });
      return id;
    },
    take: (
      scopes: readonly LeaseScope[],
      own: { agentId?: string | null; epoch?: string; need?: bigint; want?: bigint; liveNodes?: number } = {},
    ) =>
      store.take({
        organizationId,
        agentId: own.agentId ?? null,
        node: own.epoch ?? "node",
        epoch: own.epoch ?? "epoch",
        liveNodes: own.liveNodes ?? 1,
        scopes: scopes.map((scope) => ({
          scope,
          capMicros: null,
          needMicros: own.need ?? 1n,
          wantMicros: own.want ?? own.need ?? 1n,
        })),
      }),
    /** A call; `amount` is at prices that are not checked. */
    call: (
      amount: bigint,
      { leases, ...own }: Partial<Settlement> & { leases?: Partial<Charge["leases"]> } = {},
    ): Settlement => {
      const id = own.id ?? ids.uuid(clock.nowMs());
      return {
        id,
        organizationId,
        requestId: id,
        serverId: "srv_1",
        tool: "search",
        agentId: null,
        client: null,
        source: "external",
        region: "here",
        outcome: "ok",
        endUser: null,
        agentSession: null,
        occurredAtMs: clock.nowMs(),
        charge: {
          amountMicros: String(amount),
          units: { calls: 1, hundredMs: 0, kib64: 0 },
          priceVersion: "test@1",
          leases: { ...noLeases, ...leases },
        },
        ...own,
      };
    },
    settle: (calls: readonly Settlement[]) =>
      inSqlTransaction(database.sql, (tx) => settleUsage(tx, calls, { ...posting(), node: "node" })),
  };
}

export const CREDITS: LeaseScope = { kind: "organization", id: "" };
