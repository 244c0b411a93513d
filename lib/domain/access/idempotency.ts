import { createHash, type Hash } from "node:crypto";
import { deserialize, serialize } from "node:v8";
import { and, eq, lt, sql } from "drizzle-orm";
import { idempotencyKeys } from "#drizzle/schema/index.ts";
import type { Database, Db } from "#lib/db/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { actorKey, type Ctx } from "./context.ts";

/** A call that its caller may send again without doing anything twice. */
export interface Idempotency {
  /** 1 to `limits.money.idempotencyKeyCharactersMax` visible ASCII characters, chosen by the caller. */
  readonly key: string;
  /** Told when the answer is the one of an earlier call. */
  replayed(): void;
}

/** The effect of a command under a key: claimed, done and remembered in the one transaction of `db`. */
interface Claim {
  readonly db: Db;
  readonly ctx: Pick<Ctx, "actor" | "organization" | "clock" | "doors">;
  readonly idempotency: Idempotency;
  readonly verb: string;
  readonly input: unknown;
}

/**
 * Runs `effect` unless a call of the same actor with the same key did so before: then answers what that one answered. What
 * failed left nothing behind, so it may be tried again. Throws `conflict` while a call with the key is under way, and
 * `unprocessable` when the key came with another input.
 */
export async function once<Value>(claim: Claim, effect: () => Promise<Value>): Promise<Value> {
  const { db, ctx, idempotency, verb } = claim;
  const row = {
    organizationId: ctx.organization.id,
    actor: actorKey(ctx.actor),
    verb,
    key: idempotency.key,
  };
  const place = JSON.stringify(Object.values(row));
  const [lock] = await db.execute<{ taken: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended(${place}, 0)) as taken`,
  );
  if (!lock?.taken) throw underWay();
  const hash = hashOf(claim.input);
  const [before] = await db
    .select({ hash: idempotencyKeys.hash, value: idempotencyKeys.value })
    .from(idempotencyKeys)
    .where(
      and(
        eq(idempotencyKeys.organizationId, row.organizationId),
        eq(idempotencyKeys.actor, row.actor),
        eq(idempotencyKeys.verb, row.verb),
        eq(idempotencyKeys.key, row.key),
      ),
    );
  if (before) {
    if (!Buffer.from(before.hash).equals(hash)) throw otherInput();
    const sealed = Buffer.from(String(before.value), "base64");
    idempotency.replayed();
    return deserialize(Buffer.from(ctx.doors.unseal(sealed, place), "base64")) as Value;
  }
  const value = await effect();
  // The answer may hold a secret that is told once and stored nowhere else.
  const sealed = ctx.doors.seal(serialize(value).toString("base64"), place);
  await db.insert(idempotencyKeys).values({
    ...row,
    hash,
    value: Buffer.from(sealed).toString("base64"),
    createdAt: new Date(ctx.clock.nowMs()),
  });
  return value;
}

/** Forgets keys that are older than anybody repeats a call. */
export async function forgetOldIdempotencyKeys({ db }: Pick<Database, "db">, nowMs: number): Promise<void> {
  const before = new Date(nowMs - limits.money.idempotencyKeptMs);
  await db.delete(idempotencyKeys).where(lt(idempotencyKeys.createdAt, before));
}

const underWay = (): DomainError =>
  new DomainError("conflict", "A call with this Idempotency-Key is still under way. Ask again in a second.", {
    retryable: true,
    retryAfterSeconds: 1,
  });

const otherInput = (): DomainError =>
  new DomainError(
    "unprocessable",
    "This Idempotency-Key was sent before with another request. Use a new key for a new request.",
  );

/** The same for equal input, in whatever order its fields come. */
function hashOf(input: unknown): Buffer {
  const hash = createHash("sha256");
  addTo(hash, input);
  return hash.digest();
}

function addTo(hash: Hash, value: unknown): void {
  if (value instanceof Uint8Array) {
    hash.update(`bytes ${value.byteLength} `).update(value);
  } else if (Array.isArray(value)) {
    hash.update(`[${value.length} `);
    for (const item of value) addTo(hash, item);
  } else if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    hash.update(`{${entries.length} `);
    for (const [key, item] of entries.sort(([left], [right]) => (left < right ? -1 : 1))) {
      addTo(hash, key);
      addTo(hash, item);
    }
  } else hash.update(`${typeof value} ${JSON.stringify(value) ?? ""} `);
}
