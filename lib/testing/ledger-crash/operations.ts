import type { Database } from "#lib/db/index.ts";
import { sqlOf } from "#lib/db/index.ts";
import { inTransaction } from "#lib/db/transaction.ts";
import {
  addCredits,
  adjust,
  clawBack,
  createLeaseStore,
  expireDue,
  giveBack,
  reconcile,
  recordExternalUsage,
  returnDeadLeases,
} from "#lib/domain/ledger/index.ts";
// Not the front door, behind which is far more than a process needs that lives so shortly.
import { writeRequestFacts } from "#lib/domain/requests/write-request-facts.ts";
import { billedFact, idsOf, type Leases, pay, START_MS, scopesOf, type World } from "./world.ts";

/** Somebody who does an operation: one life of a process. */
export interface Actor {
  readonly database: Database;
  readonly world: World;
  readonly leases: Leases;
  readonly life: number;
  readonly nowMs: number;
  readonly ids: ReturnType<typeof idsOf>;
}

/** Something that is done with the books, and what whoever comes after a crash does about it. */
export interface Operation {
  /** After the world began. */
  readonly afterMs: number;
  /**
   * `repeated`: done again with the same keys and ids; the books must end as if nothing had happened. `again`: a new node
   * does it for itself. `left`: nobody repeats it. What the dead node had set aside comes back in time.
   */
  readonly recovery: "repeated" | "again" | "left";
  /** What must have happened before. */
  prepare?(actor: Actor): Promise<unknown>;
  run(actor: Actor): Promise<unknown>;
}

const HOUR_MS = 3_600_000;

export const actorOf = (
  database: Database,
  world: World,
  leases: Leases,
  { life, afterMs }: { life: number; afterMs: number },
): Actor => ({ database, world, leases, life, nowMs: START_MS + afterMs, ids: idsOf(world, life) });

const posting = ({ nowMs, ids }: Actor) => ({ nowMs, newId: () => ids.uuid(nowMs) });
const storeOf = ({ database, ids, nowMs }: Actor) =>
  createLeaseStore(database, { clock: { nowMs: () => nowMs, monotonicMs: () => nowMs }, ids });
const common = ({ world: { organizationId } }: Actor) => ({
  organizationId,
  reason: "a crash",
  actor: "system:test",
});
const present = (ids: readonly (string | null)[]): string[] => ids.filter((id) => id !== null);

/** Claws back or gives back, as payments do: with the row of the payment, in one transaction. */
const changePayment = (actor: Actor, change: typeof clawBack, amountMicros: bigint, idemKey: string) =>
  inTransaction(actor.database.db, async (db) => {
    const sql = sqlOf(db);
    const { paymentId } = actor.world;
    const [payment] = await sql<{ grant_id: string }[]>`
      select grant_id from payments where id = ${paymentId} for update`;
    if (!payment) throw new Error("there is no such payment");
    const { isNew } = await change(
      db,
      { ...common(actor), paymentId, grantId: payment.grant_id, amountMicros, idemKey },
      posting(actor),
    );
    if (!isNew) return;
    const delta = String(change === clawBack ? amountMicros : -amountMicros);
    await sql`
      update payments set posted_micros = posted_micros + ${delta}::text::bigint,
        target_micros = target_micros + ${delta}::text::bigint where id = ${paymentId}`;
  });

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  grant: {
    afterMs: 0,
    recovery: "repeated",
    run: (actor) =>
      inTransaction(actor.database.db, (db) =>
        addCredits(
          db,
          {
            ...common(actor),
            kind: "manual",
            amountMicros: 700n,
            priority: 10,
            expiresAtMs: START_MS + 2 * HOUR_MS,
            paymentId: null,
            idemKey: "a grant",
          },
          posting(actor),
        ),
      ),
  },
  purchase: {
    afterMs: 0,
    recovery: "repeated",
    run: (actor) =>
      inTransaction(actor.database.db, (db) =>
        pay(
          db,
          actor.world,
          { paymentId: `pay_2_${actor.world.mark}`, amountMicros: 9_000n },
          posting(actor),
        ),
      ),
  },
  adjust: {
    afterMs: 0,
    recovery: "repeated",
    run: (actor) =>
      inTransaction(actor.database.db, (db) =>
        adjust(db, { ...common(actor), amountMicros: -1_234n, idemKey: "a correction" }, posting(actor)),
      ),
  },
  take: {
    afterMs: 100,
    recovery: "again",
    run: (actor) =>
      storeOf(actor).take({
        organizationId: actor.world.organizationId,
        agentId: actor.world.agentId,
        node: "node",
        epoch: `life ${actor.life}`,
        liveNodes: 2,
        scopes: scopesOf(actor.world).map((scope) => ({
          scope,
          capMicros: null,
          needMicros: 100n,
          wantMicros: 900n,
        })),
      }),
  },
  renew: {
    afterMs: 1_000,
    recovery: "repeated",
    run: (actor) => storeOf(actor).renew(actor.world.organizationId, present(Object.values(actor.leases))),
  },
  release: {
    afterMs: 1_000,
    recovery: "left",
    run: (actor) =>
      storeOf(actor).release(
        present(Object.values(actor.leases)).map((leaseId) => ({
          organizationId: actor.world.organizationId,
          leaseId,
          unusedMicros: 2_000n,
        })),
      ),
  },
  settle: {
    afterMs: 1_000,
    recovery: "repeated",
    run: (actor) => {
      const { world, leases, nowMs, ids } = actor;
      const none: Leases = { organization: null, agent: null, user: null };
      const free = billedFact(world, 5, 0n, none);
      return writeRequestFacts(
        actor.database,
        {
          facts: [
            billedFact(world, 1, 300n, leases),
            billedFact(world, 2, 2_900n, leases),
            { ...billedFact(world, 3, 45n, none), agentId: null, source: "external" },
            { ...billedFact(world, 4, 5n, leases), retentionDays: 0 },
            { ...free, outcome: "timeout", billing: { verdict: "zero_rated:platform_fault", charge: null } },
          ],
          region: "here",
          node: "node",
        },
        { nowMs: () => nowMs, ids },
      );
    },
  },
  report: {
    afterMs: 1_000,
    recovery: "repeated",
    run: (actor) =>
      inTransaction(actor.database.db, (db) =>
        recordExternalUsage(
          db,
          {
            organizationId: actor.world.organizationId,
            agentId: actor.world.agentId,
            actor: "system:test",
            events: [250n, 60_000n].map((amountMicros, index) => ({
              eventId: `event ${index}`,
              amountMicros,
              occurredAtMs: START_MS,
              description: "a model",
              endUser: "ann",
              session: null,
            })),
          },
          posting(actor),
        ),
      ),
  },
  expire: {
    afterMs: HOUR_MS,
    recovery: "repeated",
    run: ({ database, nowMs, ids }) => expireDue(database, nowMs, ids),
  },
  "return of dead leases": {
    afterMs: HOUR_MS,
    recovery: "repeated",
    run: ({ database, nowMs, ids }) => returnDeadLeases(database, nowMs, ids),
  },
  "claw back": {
    afterMs: 0,
    recovery: "repeated",
    run: (actor) => changePayment(actor, clawBack, 3_000n, "a refund"),
  },
  "give back": {
    afterMs: 0,
    recovery: "repeated",
    prepare: (actor) => changePayment(actor, clawBack, 3_000n, "a refund"),
    run: (actor) => changePayment(actor, giveBack, 2_500n, "a refund that failed"),
  },
  reconcile: {
    afterMs: 0,
    recovery: "repeated",
    run: ({ database, world, nowMs }) => reconcile(database, world.organizationId, nowMs, { isFull: true }),
  },
};
