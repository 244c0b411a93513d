import type { Reader } from "#lib/db/snapshot.ts";

/** What an organization has now, in micros. */
export interface Accounts {
  readonly available: bigint;
  readonly held: bigint;
  /** What is owed, zero or more. */
  readonly owed: bigint;
  readonly consumed: bigint;
  /** What was bought, as the account has it: zero or below. */
  readonly payments: bigint;
}

/** An organization that never had credits has nothing. */
export async function readAccounts(sql: Reader, organizationId: string): Promise<Accounts> {
  const rows = await sql<{ kind: string; balance: string }[]>`
    select kind, balance_micros as balance from ledger_accounts where organization_id = ${organizationId}`;
  const balanceOf = (kind: string): bigint => BigInt(rows.find((row) => row.kind === kind)?.balance ?? 0);
  return {
    available: balanceOf("available"),
    held: balanceOf("held"),
    owed: -balanceOf("debt"),
    consumed: balanceOf("consumed"),
    payments: balanceOf("payments"),
  };
}
