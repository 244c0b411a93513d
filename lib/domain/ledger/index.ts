/**
 * The books of organizations: credits come in as grants, are set aside as leases, and are spent by settled usage. Double
 * entry, append-only; every promise is a numbered invariant that the database holds where it can and the
 * reconciliation checks everywhere.
 */
export { type AddedCredits, addCredits, type GrantKind, type NewCredits } from "./add-credits.ts";
export { type Adjustment, adjust } from "./adjust.ts";
export { balances, type CurrentBalances } from "./balances.ts";
export type { Posting } from "./book.ts";
export { type ChangedPayment, clawBack, giveBack, netClawedBack, type PaymentChange } from "./claw-back.ts";
export { deleteOldSpend } from "./delete-old-spend.ts";
export { expireDue } from "./expire-due.ts";
export { createLeaseStore } from "./lease-store.ts";
export type {
  LeaseAnswer,
  LeaseGrant,
  LeaseRefusal,
  LeaseRelease,
  LeaseRequest,
  LeaseScope,
  LeaseStore,
  ScopeKind,
} from "./lease-types.ts";
export { lockBooks } from "./lock-books.ts";
export { periodBounds, periodOf } from "./periods.ts";
export { reconcile, reconcileAll } from "./reconcile.ts";
export {
  type ExternalUsage,
  type ExternalUsageEvent,
  type RecordedUsage,
  recordExternalUsage,
} from "./record-external-usage.ts";
export { returnDeadLeases } from "./return-dead-leases.ts";
export { agentScope, nameInScope, sessionScope, userScope } from "./scopes.ts";
export { settleUsage } from "./settle-usage.ts";
export type { Charge, SettledUsage, Settlement, SettlementRun } from "./settlement-types.ts";
