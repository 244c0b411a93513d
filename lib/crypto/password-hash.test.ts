import { expect, test } from "vitest";
import { limits } from "#lib/kernel/limits.ts";
import { hashPassword, PASSWORD_PARAMETERS, verifyPassword } from "./password-hash.ts";

const CHEAP = { N: 1024, r: 8, p: 1 };

test("a password verifies against its own hash only, whichever way its letters are composed", async () => {
  const stored = await hashPassword("Café au lait 1", CHEAP);
  expect(stored).toMatch(/^scrypt\$1024\$8\$1\$/);
  expect(await verifyPassword("Cafe\u0301 au lait 1", stored)).toBe(true);
  expect(await verifyPassword("Cafe au lait 1", stored)).toBe(false);
  expect(await hashPassword("Café au lait 1", CHEAP)).not.toBe(stored);
});

test("hashes made with today's parameters carry them, so that raising them later breaks nobody", async () => {
  const { N, r, p } = PASSWORD_PARAMETERS;
  const stored = await hashPassword("correct horse battery");
  expect(stored.startsWith(`scrypt$${N}$${r}$${p}$`)).toBe(true);
  expect(await verifyPassword("correct horse battery", stored)).toBe(true);
});

test("no hash, or a mangled one, verifies nothing", async () => {
  for (const stored of [null, "", "plain", "scrypt$1024$8$1$short$short", "bcrypt$2b$10$x"]) {
    expect(await verifyPassword("", stored)).toBe(false);
  }
});

test("a flood of sign-ins waits in a bounded line, and what does not fit is told to come back", async () => {
  const { passwordHashesAtOnceMax, passwordHashesWaitingMax } = limits.auth;
  const fits = passwordHashesAtOnceMax + passwordHashesWaitingMax;
  const results = await Promise.allSettled(Array.from({ length: fits + 5 }, () => hashPassword("x", CHEAP)));
  const refused = results.filter((result) => result.status === "rejected");
  expect(refused).toHaveLength(5);
  expect(refused[0]?.reason).toMatchObject({ code: "unavailable", retryAfterSeconds: 5 });
  await expect(hashPassword("x", CHEAP)).resolves.toBeTypeOf("string");
});
