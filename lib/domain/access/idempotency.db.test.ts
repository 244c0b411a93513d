import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { auditLog, idempotencyKeys, organizations } from "#drizzle/schema/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import {
  createTenants,
  fakeClock,
  type Tenants,
  type TestDatabase,
  testCtx,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { type Ctx, command, forgetOldIdempotencyKeys, type System } from "./index.ts";

const clock = fakeClock();
let store: TestDatabase;
let tenants: Tenants;
let system: System;
beforeAll(async () => {
  store = await testDatabase();
  tenants = await createTenants(store.database);
  system = testSystem({ database: store.database, clock });
});
afterAll(() => store.close());

let made = 0;
const newKey = () => `key-${++made}`;

interface Options {
  whenRun?: () => Promise<void> | void;
}
/** A command whose effect can be counted: each one leaves an audit record with the text. */
const write = ({ whenRun }: Options = {}) =>
  command({
    name: "test.write",
    scope: "agents:write",
    input: z.object({ text: z.string(), more: z.record(z.string(), z.number()).default({}) }),
    run: async (ctx, { text }) => {
      await whenRun?.();
      return {
        value: { id: ctx.ids.id("agt"), text, at: new Date(ctx.clock.nowMs()), micros: 9007199254740993n },
        audit: { entity: "test", entityId: text },
      };
    },
  });
const effects = async (text: string) =>
  (await store.database.db.select().from(auditLog).where(eq(auditLog.entityId, text))).length;

function keyed(base: Ctx, key: string): { ctx: Ctx; replays: () => number } {
  let replays = 0;
  return { ctx: { ...base, idempotency: { key, replayed: () => replays++ } }, replays: () => replays };
}
const owner = () => testCtx(system, tenants.acme, "owner");

test("the same key and input have one effect, and the same answer to the last digit", async () => {
  const key = newKey();
  const first = keyed(owner(), key);
  const again = keyed(owner(), key);
  const answer = await write()(first.ctx, { text: key, more: { b: 1, a: 2 } });
  expect(await write()(again.ctx, { text: key, more: { a: 2, b: 1 } })).toEqual(answer);
  expect([first.replays(), again.replays(), await effects(key)]).toEqual([0, 1, 1]);
});

test("twenty at once have one effect; the others are told to ask again, and then get the answer", async () => {
  const key = newKey();
  let refusals = 0;
  const { promise: allRefused, resolve } = Promise.withResolvers<void>();
  const held = write({ whenRun: () => allRefused });
  const calls = await Promise.all(
    Array.from({ length: 20 }, () =>
      held(keyed(owner(), key).ctx, { text: key }).catch((error: unknown) => {
        refusals += 1;
        if (refusals === 19) resolve();
        return error;
      }),
    ),
  );
  const refused = calls.filter((call) => call instanceof DomainError);
  expect(refused).toHaveLength(19);
  for (const error of refused)
    expect(error).toMatchObject({ code: "conflict", retryable: true, retryAfterSeconds: 1 });
  const [answer] = calls.filter((call) => !(call instanceof DomainError));
  expect(await held(keyed(owner(), key).ctx, { text: key })).toEqual(answer);
  expect(await effects(key)).toBe(1);
});

test("another input under the same key is refused, and changes nothing", async () => {
  const key = newKey();
  await write()(keyed(owner(), key).ctx, { text: key });
  await expect(write()(keyed(owner(), key).ctx, { text: `${key} other` })).rejects.toMatchObject({
    code: "unprocessable",
  });
  expect(await effects(`${key} other`)).toBe(0);
});

test("another actor and another organization have keys of their own", async () => {
  const key = newKey();
  const callers = [owner(), testCtx(system, tenants.acme, "admin"), testCtx(system, tenants.globex, "owner")];
  const answers = await Promise.all(callers.map((base) => write()(keyed(base, key).ctx, { text: key })));
  expect(new Set(answers.map(({ id }) => id)).size).toBe(3);
  expect(await effects(key)).toBe(3);
});

test("what failed or was refused is not remembered: the same call may succeed later", async () => {
  const key = newKey();
  const refused = write({
    whenRun: () => {
      throw new DomainError("limit_reached", "Full.");
    },
  });
  const broken = write({
    whenRun: () => {
      throw new Error("disk on fire");
    },
  });
  await expect(refused(keyed(owner(), key).ctx, { text: key })).rejects.toMatchObject({
    code: "limit_reached",
  });
  await expect(broken(keyed(owner(), key).ctx, { text: key })).rejects.toThrow("disk on fire");
  const later = keyed(owner(), key);
  await write()(later.ctx, { text: key });
  expect([later.replays(), await effects(key)]).toEqual([0, 1]);
});

test("an answer is kept sealed: it may hold a secret", async () => {
  const key = newKey();
  await write()(keyed(owner(), key).ctx, { text: key });
  const [row] = await store.database.db.select().from(idempotencyKeys).where(eq(idempotencyKeys.key, key));
  expect(Buffer.from(String(row?.value), "base64").includes(key)).toBe(false);
});

test("who may not call is refused before the key is looked at", async () => {
  const key = newKey();
  await write()(keyed(owner(), key).ctx, { text: key });
  const { ctx } = keyed({ ...owner(), scopes: new Set() }, key);
  await expect(write()(ctx, { text: key })).rejects.toMatchObject({ code: "forbidden" });
});

test("a key is remembered for a week at least, and not for ever", async () => {
  const key = newKey();
  await write()(keyed(owner(), key).ctx, { text: key });
  const known = async () =>
    (await store.database.db.select().from(idempotencyKeys).where(eq(idempotencyKeys.key, key))).length;
  await forgetOldIdempotencyKeys(store.database, clock.nowMs() + 7 * 24 * 3_600_000);
  expect(await known()).toBe(1);
  await forgetOldIdempotencyKeys(store.database, clock.nowMs() + limits.money.idempotencyKeptMs + 1);
  expect(await known()).toBe(0);
  expect(await store.database.db.$count(organizations)).toBe(2);
});
