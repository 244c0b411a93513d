import type { ISql } from "postgres";
import type { AccountKind } from "#lib/contract/index.ts";
import type { Balances } from "./book.ts";
import { emptyBalances } from "./open-books.ts";

export interface CurrentBalances {
  /** What calls may still set aside: credits past their expiry are not in it, posted or not. */
  readonly availableMicros: bigint;
  /** Set aside for calls that run now. */
  readonly heldMicros: bigint;
  /** What is owed; zero or above. */
  readonly debtMicros: bigint;
  /** As the accounts stand. */
  readonly accounts: Readonly<Balances>;
}

/** The balances of an organization at `nowMs`, all zero before its first credits. One statement. */
export async function balances(sql: ISql, organizationId: string, nowMs: number): Promise<CurrentBalances> {
  const rows = await sql<{ kind: AccountKind; balance: string; expired: string }[]>`
    select kind, balance_micros as balance, (
      select coalesce(sum(remaining_micros), 0)::text from credit_grants
      where organization_id = ${organizationId} and remaining_micros > 0
        and expires_at <= ${new Date(nowMs).toISOString()}::timestamptz
    ) as expired
    from ledger_accounts where organization_id = ${organizationId}`;
  const accounts = emptyBalances();
  for (const { kind, balance } of rows) accounts[kind] = BigInt(balance);
  const expired = BigInt(rows[0]?.expired ?? "0");
  const left = accounts.available - expired;
  return {
    availableMicros: left > 0n ? left : 0n,
    heldMicros: accounts.held,
    debtMicros: -accounts.debt,
    accounts,
  };
}
