/**
 * The books of organizations: credits come in as grants, are set aside as leases, and are spent by settled usage. Double
 * entry, append-only; every promise is a numbered invariant that the database holds where it can and the
 * reconciliation checks everywhere.
 */

export { addCredits, type NewCredits } from "./add-credits.ts";
export { adjust } from "./adjust.ts";
export { balances } from "./balances.ts";
export { readBudgetLayers } from "./budget-layers.ts";
export { clawBack, giveBack } from "./claw-back.ts";
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
} from "./lease-types.ts";
export { reconcile, reconcileAll } from "./reconcile.ts";
export { recordExternalUsage } from "./record-external-usage.ts";
export { returnDeadLeases } from "./return-dead-leases.ts";
export { agentScope, nameInScope, userScope } from "./scopes.ts";
export { settleUsage } from "./settle-usage.ts";
export type { Charge, SettledUsage, Settlement } from "./settlement-types.ts";
