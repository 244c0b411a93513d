import { createHash } from "node:crypto";
import type { AccountKind, TxType } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { MICROS_MAX } from "#lib/kernel/money.ts";
import { smaller } from "./amounts.ts";
import { inOrderOfUse, isExpired, type OpenGrant } from "./grant-order.ts";

export type Balances = Record<AccountKind, bigint>;

/** When something is posted, and with which ids. */
export interface Posting {
  readonly nowMs: number;
  /** A fresh UUIDv7. */
  newId(): string;
}

/** Where credits went: `used`, `expired`, `refunded`, `adjusted` or `debt` (they paid what was owed). */
export type UsePurpose = "used" | "expired" | "refunded" | "adjusted" | "debt";

/** A transaction to post: what it moves, and where it came from. */
export interface TxDraft {
  /** A UUIDv7; a fresh one by default. */
  readonly id?: string;
  readonly type: TxType;
  /** By account; zeros are left out. They must sum to zero. */
  readonly moves: Partial<Balances>;
  readonly sourceKind: string;
  readonly sourceId?: string | null;
  /** The same key is posted once; by default the transaction's own id. */
  readonly idemKey?: string;
  /** SHA-256, hexadecimal, of what the key stands for; by default of the transaction itself. */
  readonly idemHash?: string;
  readonly agentId?: string | null;
  readonly eventCount?: number;
  readonly priceVersion?: string | null;
  readonly reversesTxId?: string | null;
  readonly actor: string;
  readonly reason?: string | null;
  readonly effectiveAtMs?: number;
}

export interface PostedTx extends TxDraft {
  readonly id: string;
  readonly idemKey: string;
  readonly idemHash: string;
}

export interface NewGrant extends OpenGrant {
  readonly amountMicros: bigint;
  readonly txId: string;
  readonly reason: string | null;
  readonly createdBy: string | null;
}

export interface GrantUse {
  readonly txId: string;
  readonly grantId: string;
  readonly purpose: UsePurpose;
  readonly amountMicros: bigint;
}

/**
 * The open books of one organization: what its accounts and grants are, and what is to be written when the books are
 * closed. Pure: whoever holds the lock computes here, and `closeBooks` writes it at once.
 */
export interface Book {
  readonly organizationId: string;
  readonly balances: Readonly<Balances>;
  /** Grants with something left, in the order of use. */
  readonly grants: readonly OpenGrant[];
  /** Credits that calls may still set aside. */
  spendable(): bigint;
  /** Posts a transaction and answers its id. Throws DomainError `unprocessable` when an account would hold more than it can. */
  post(draft: TxDraft, bound?: bigint): string;
  /** Credits that came in with a transaction. */
  addGrant(grant: Omit<NewGrant, "remainingMicros" | "createdAtMs" | "effectiveAtMs">): void;
  /**
   * Takes credits off the grants in the order of use, those that `isFirst` names before all others. The accounts are what
   * counts: where grants have less than they say, all of it is taken and the reconciliation tells of it (I6). To refuse would
   * hold up the calls of every other organization that are settled with these.
   */
  takeFromGrants(
    txId: string,
    purpose: UsePurpose,
    amountMicros: bigint,
    isFirst?: (grant: OpenGrant) => boolean,
  ): void;
  /** What is to be written. */
  readonly written: {
    readonly txs: readonly PostedTx[];
    readonly grants: readonly NewGrant[];
    readonly uses: readonly GrantUse[];
    readonly changed: ReadonlySet<OpenGrant>;
  };
}

export function createBook(
  organizationId: string,
  balances: Balances,
  openGrants: readonly OpenGrant[],
  { nowMs, newId }: Posting,
): Book {
  const grants = [...openGrants].sort(inOrderOfUse);
  const txs: PostedTx[] = [];
  const newGrants: NewGrant[] = [];
  const uses: GrantUse[] = [];
  const changed = new Set<OpenGrant>();
  return {
    organizationId,
    balances,
    grants,
    written: { txs, grants: newGrants, uses, changed },
    spendable() {
      const expired = grants.reduce(
        (sum, grant) => (isExpired(grant, nowMs) ? sum + grant.remainingMicros : sum),
        0n,
      );
      return balances.available - smaller(balances.available, expired);
    },
    post(draft, bound = MICROS_MAX) {
      const id = draft.id ?? newId();
      for (const [account, amount] of movesOf(draft)) {
        const after = balances[account] + amount;
        if (after > bound || after < -bound) throw tooMuch();
      }
      for (const [account, amount] of movesOf(draft)) balances[account] += amount;
      const idemHash = draft.idemHash ?? hashOf(draft);
      txs.push({ ...draft, id, idemKey: draft.idemKey ?? `${draft.type}:${id}`, idemHash });
      return id;
    },
    addGrant(grant) {
      const made = {
        ...grant,
        remainingMicros: grant.amountMicros,
        effectiveAtMs: nowMs,
        createdAtMs: nowMs,
      };
      newGrants.push(made);
      grants.push(made);
      grants.sort(inOrderOfUse);
    },
    takeFromGrants(txId, purpose, amountMicros, isFirst = () => false) {
      let rest = amountMicros;
      for (const grant of [...grants.filter(isFirst), ...grants.filter((grant) => !isFirst(grant))]) {
        const part = smaller(rest, grant.remainingMicros);
        if (part <= 0n) continue;
        grant.remainingMicros -= part;
        rest -= part;
        changed.add(grant);
        uses.push({ txId, grantId: grant.id, purpose, amountMicros: part });
      }
    },
  };
}

/** The accounts that a draft moves, without zeros. */
export const movesOf = ({ moves }: Pick<TxDraft, "moves">): [AccountKind, bigint][] =>
  (Object.entries(moves) as [AccountKind, bigint][]).filter(([, amount]) => amount !== 0n);

/** SHA-256 of `body` in one canonical form: the same contents have the same hash, in whatever order they came. */
export function hashOf(body: object): string {
  return createHash("sha256").update(canonical(body)).digest("hex");
}

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === "bigint") return item.toString();
    if (item === null || typeof item !== "object" || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([left], [right]) => (left < right ? -1 : 1)));
  });

const tooMuch = () =>
  new DomainError(
    "unprocessable",
    `No account can hold more than ${limits.money.accountMicrosMax} micros. Give a smaller amount.`,
  );
