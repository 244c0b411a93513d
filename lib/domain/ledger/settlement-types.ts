/** What a billed call costs, and what was set aside for it. Amounts are decimal strings of micro-USD, the spool's files included. */
export interface Charge {
  amountMicros: string;
  /** Started units; times the prices of the version they are the amount. */
  units: { calls: number; hundredMs: number; kib64: number };
  /** `plan@n`. */
  priceVersion: string;
  /** Ids of the leases that it draws from; null where the scope has none (grace, or no cap). */
  leases: { organization: string | null; agent: string | null; user: string | null; session: string | null };
}

/** A billed call as it is settled. */
export interface Settlement {
  /** UUIDv7 of the fact, whose time is when the call arrived. A call is billed once, ever, by this id. */
  readonly id: string;
  readonly organizationId: string;
  /** UUID of the HTTP exchange. */
  readonly requestId: string | null;
  readonly serverId: string;
  readonly tool: string | null;
  readonly agentId: string | null;
  readonly client: string | null;
  readonly source: string;
  readonly region: string;
  readonly outcome: string;
  /** Null: the agent named none. */
  readonly endUser: string | null;
  readonly agentSession: string | null;
  readonly occurredAtMs: number;
  /** Names under which it is counted in `spend_rollup`; by default its own. */
  readonly countedAs?: { readonly tool: string; readonly client: string };
  readonly charge: Charge;
}

/** When a batch is settled, by whom, and with which ids. */
export interface SettlementRun {
  readonly nowMs: number;
  readonly node: string;
  /** A fresh UUIDv7. */
  newId(): string;
}

export interface SettledUsage {
  /** How many were billed now; those that were billed before are not in it. */
  readonly settled: number;
  /** What could not be billed, and why: a fact that was not made by this program. Nobody pays for it. */
  readonly refused: readonly { readonly id: string; readonly why: string }[];
}
