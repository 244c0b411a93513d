import { inTransaction } from "#lib/db/transaction.ts";
import { grantCredits, runReconciliation } from "#lib/domain/billing/index.ts";
import { postUsageEvents } from "#lib/domain/budgets/index.ts";
import { addCredits, clawBack, createLeaseStore, expireDue } from "#lib/domain/ledger/index.ts";
import { changePlan } from "#lib/domain/plans/index.ts";
import { stopTopUps } from "../declined-card.ts";
import { cause, type Fault } from "../fault.ts";
import { type Fleet, pricedPlan, setPrices } from "../fleet.ts";
import { openScene, type Scene } from "../scene.ts";
import { agentOf } from "./agent.ts";

/** A desk that pays, with an agent and an app that spend about as much as they did before. */
export async function payingDesk(fleet: Fleet): Promise<Scene> {
  const scene = await openScene(fleet, { agent: true, priced: true });
  await scene.past({ calls: 40, byAgent: true, isBilled: true });
  await scene.past({ calls: 40, isBilled: true });
  await scene.caller({ as: "agent" }).repeat(20, "search_tickets");
  await scene.caller().repeat(20, "search_tickets");
  return scene;
}

const posting = ({ ctx }: Scene) => ({
  nowMs: ctx.clock.nowMs(),
  newId: () => ctx.ids.uuid(ctx.clock.nowMs()),
});

export const CREDIT_FAULTS: readonly Fault[] = [
  {
    id: "agent-spends-more",
    symptom: "credits_drop",
    expect: cause("hosted_agent_use"),
    isReduced: true,
    async inject(fleet) {
      const scene = await payingDesk(fleet);
      await scene.caller({ as: "agent" }).repeat(140, "search_tickets", undefined, 6);
      return scene.ask();
    },
  },
  {
    id: "prices-rose",
    symptom: "credits_drop",
    expect: cause("price_change"),
    async inject(fleet) {
      const scene = await openScene(fleet, { agent: true });
      const plan = `prices-of-${scene.organization.slug}`;
      const then = scene.ago(1_500);
      await grantCredits(then, {
        amountMicros: "90000000",
        kind: "manual",
        reason: "start",
        expiresAt: null,
      });
      await setPrices(fleet.system, pricedPlan(plan, 1_000), 3_000);
      await changePlan(then, { plan });
      await scene.past({ calls: 40, isBilled: true, priceVersion: `${plan}@1` });
      await setPrices(fleet.system, pricedPlan(plan, 40_000));
      await scene.refresh();
      await scene.caller().repeat(40, "search_tickets");
      return scene.ask();
    },
  },
  {
    id: "credits-expired",
    symptom: "credits_drop",
    expect: cause("credits_expired"),
    async inject(fleet) {
      const scene = await payingDesk(fleet);
      const expiresAt = new Date(Date.now() - 3 * 60_000).toISOString();
      await grantCredits(scene.ago(1_000), {
        amountMicros: "20000000",
        kind: "promo",
        reason: "trial",
        expiresAt,
      });
      const { database, ids, clock } = fleet.system;
      await expireDue(database, clock.nowMs(), ids);
      return scene.ask();
    },
  },
  {
    id: "payment-went-back",
    symptom: "credits_drop",
    expect: cause("refund_or_dispute"),
    async inject(fleet) {
      const scene = await payingDesk(fleet);
      const { db } = fleet.database;
      const organizationId = scene.organization.id;
      const payment = {
        organizationId,
        paymentId: `pay_${organizationId}`,
        amountMicros: 25_000_000n,
        actor: "system:payments",
      };
      const { grantId } = await inTransaction(db, (tx) =>
        addCredits(
          tx,
          {
            ...payment,
            kind: "purchase",
            priority: 60,
            expiresAtMs: null,
            reason: null,
            idemKey: `buy-${organizationId}`,
          },
          { ...posting(scene), nowMs: Date.now() - 5_000 },
        ),
      );
      await inTransaction(db, (tx) =>
        clawBack(
          tx,
          { ...payment, grantId, reason: "disputed", idemKey: `back-${organizationId}` },
          posting(scene),
        ),
      );
      return scene.ask();
    },
  },
  {
    id: "costs-told-late",
    symptom: "credits_drop",
    expect: cause("late_events"),
    async inject(fleet) {
      const scene = await payingDesk(fleet);
      const occurredAt = new Date(Date.now() - 5 * 3_600_000).toISOString();
      const events = Array.from({ length: 10 }, (_, place) => ({
        eventId: `model-${place}`,
        amountMicros: "900000",
        occurredAt,
        description: "tokens of a model",
      }));
      await postUsageEvents(scene.ctx, { agent: agentOf(scene).id, events });
      return scene.ask();
    },
  },
  {
    id: "credits-used-up",
    symptom: "call_fails",
    expect: cause("credits_exhausted"),
    isReduced: true,
    async inject(fleet) {
      const scene = await openScene(fleet, { agent: true });
      const then = scene.ago(1_000);
      const plan = `rest-of-${scene.organization.slug}`;
      await grantCredits(then, { amountMicros: "6000", kind: "manual", reason: "the rest", expiresAt: null });
      await setPrices(fleet.system, pricedPlan(plan, 1_000), 3_000);
      await changePlan(then, { plan });
      await scene.caller().repeat(20, "search_tickets", undefined, 1);
      return scene.ask();
    },
  },
  {
    // The card is declined until auto top-up gives up.
    id: "top-ups-stopped",
    symptom: "credits_drop",
    expect: cause("payment_failed"),
    isReduced: true,
    async inject(fleet) {
      const scene = await payingDesk(fleet);
      const undo = await stopTopUps(scene);
      return { ...(await scene.ask()), undo };
    },
  },
  {
    // An edge died with what it had set aside, and nobody who would give it back runs.
    id: "edge-died-with-its-leases",
    symptom: "credits_drop",
    expect: cause("metering_stale"),
    isReduced: true,
    async inject(fleet) {
      const scene = await payingDesk(fleet);
      const store = createLeaseStore(fleet.database, scene.ago(10));
      const scope = { kind: "organization" as const, id: "" };
      const taken = await store.take({
        organizationId: scene.organization.id,
        agentId: null,
        node: "edge-that-died",
        epoch: "its-only-life",
        liveNodes: 3,
        scopes: [{ scope, capMicros: null, needMicros: 1_000n, wantMicros: 10_000n }],
      });
      if (!taken.ok) throw new Error("the ledger gave the edge no lease");
      return scene.ask();
    },
  },
  {
    // Somebody changed rows by hand that only settlements change.
    id: "books-drifted",
    symptom: "credits_drop",
    expect: cause("ledger_drift"),
    isAlone: true,
    async inject(fleet) {
      const scene = await payingDesk(fleet);
      await scene.settled();
      const { sql } = fleet.database;
      await sql`update budget_spend set spent_micros = spent_micros + 5000000 where organization_id = ${scene.organization.id}`;
      await runReconciliation(scene.ctx, {});
      return scene.ask();
    },
  },
];
