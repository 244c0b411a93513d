/**
 * The books of organizations: credits come in as grants, are set aside as leases, and are spent by settled usage. Double
 * entry, append-only; every promise is a numbered invariant that the database holds where it can and the
 * reconciliation checks everywhere.
 */
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
