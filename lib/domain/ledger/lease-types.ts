/** What a call is limited by, from the widest to the narrowest. */
export type ScopeKind = "organization" | "agent" | "user" | "session";

/**
 * One thing that a lease is of. `id`: empty for the organization's credits, the agent's id, or agent id and end user or
 * session with a line feed between them (the anonymous end user is empty).
 */
export interface LeaseScope {
  readonly kind: ScopeKind;
  readonly id: string;
}

/** A node asks for room to spend in all scopes of a call at once. */
export interface LeaseRequest {
  readonly organizationId: string;
  /** Null where only the organization's credits limit the call. */
  readonly agentId: string | null;
  readonly node: string;
  /** One life of the node: a lease is never continued by another one. */
  readonly epoch: string;
  /** How many nodes take leases now; what is left is shared by them. */
  readonly liveNodes: number;
  readonly scopes: readonly {
    readonly scope: LeaseScope;
    /** The cap of the period as the node knows it; null for the organization. The store's own cap counts. */
    readonly capMicros: bigint | null;
    /** What must be added at least for one call, and what the node spends in `limits.money.leaseBurnMs`. */
    readonly needMicros: bigint;
    readonly wantMicros: bigint;
  }[];
}

export interface LeaseGrant {
  readonly scope: LeaseScope;
  readonly leaseId: string;
  /** Added to what the node has of this lease. */
  readonly addedMicros: bigint;
  /** The lease is for use this long from when the node asked, less `limits.money.leaseUnusedMs`. */
  readonly ttlMs: number;
  /** `2026-11`; empty for credits. What is spent counts in this period, whenever the call ends. */
  readonly period: string;
}

/** What stops a call, as the denied caller is told. */
export interface LeaseRefusal {
  /** `agent_paused`: also of an agent that is gone. */
  readonly limitSource:
    | "agent_paused"
    | "organization_credits"
    | "agent_budget"
    | "user_budget"
    | "session_budget";
  readonly scopeId: string;
  readonly capMicros: bigint | null;
  readonly remainingMicros: bigint;
  /** Epoch milliseconds; null where time does not help. */
  readonly resetsAtMs: number | null;
}

export type LeaseAnswer =
  | { readonly ok: true; readonly grants: readonly LeaseGrant[] }
  | { readonly ok: false; readonly refusal: LeaseRefusal };

/** What a node does not need any more; the ledger takes it back. */
export interface LeaseRelease {
  readonly organizationId: string;
  readonly leaseId: string;
  /** What no call has set aside and none has spent. The lease ends when everything else is settled. */
  readonly unusedMicros: bigint;
}

/**
 * Where leases come from; the data plane's only way to money. Every method rejects with `unavailable` when the database is
 * away. All of a request's scopes are granted or none.
 */
export interface LeaseStore {
  take(request: LeaseRequest): Promise<LeaseAnswer>;
  /**
   * Keeps leases alive for another `limits.money.leaseMs`; answers the ids that must not be used any more: they ended, their
   * agent is paused, their cap was lowered below what is spent and set aside, or their period is over.
   */
  renew(organizationId: string, leaseIds: readonly string[]): Promise<readonly string[]>;
  /** Gives back what is not needed. Each release is told once: after a lost answer leave it; the lease ends by itself. */
  release(releases: readonly LeaseRelease[]): Promise<void>;
}
