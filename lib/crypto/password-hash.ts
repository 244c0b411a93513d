import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";

/** What a guess costs: memory is 128 · N · r bytes, time grows with p as well. */
export interface ScryptParameters {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}
/** 32 MiB and three passes: OWASP's choice for scrypt. Stored with each hash, so it can be raised later. */
export const PASSWORD_PARAMETERS: ScryptParameters = { N: 2 ** 15, r: 8, p: 3 };

const KEY_BYTES = 32;
const SALT_BYTES = 16;
const FORMAT = /^scrypt\$(\d{1,8})\$(\d{1,3})\$(\d{1,3})\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})$/;

/** `scrypt$N$r$p$salt$key`, with a fresh random salt. Throws `unavailable` when too many hashes wait already. */
export async function hashPassword(
  password: string,
  parameters: ScryptParameters = PASSWORD_PARAMETERS,
): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, salt, parameters);
  const { N, r, p } = parameters;
  return `scrypt$${N}$${r}$${p}$${salt.toString("base64url")}$${key.toString("base64url")}`;
}

/**
 * Whether `password` made `stored`. Compares in constant time, and does the work of a new hash when there is none at
 * all (null), so that the time of an answer does not tell whether an account exists.
 */
export async function verifyPassword(
  password: string,
  stored: string | null,
  parameters: ScryptParameters = PASSWORD_PARAMETERS,
): Promise<boolean> {
  const match = stored === null ? null : FORMAT.exec(stored);
  if (match === null) {
    await derive(password, Buffer.alloc(SALT_BYTES), parameters);
    return false;
  }
  const [, N = "", r = "", p = "", salt = "", expected = ""] = match;
  const used = { N: Number(N), r: Number(r), p: Number(p) };
  const key = await derive(password, Buffer.from(salt, "base64url"), used);
  return timingSafeEqual(key, Buffer.from(expected, "base64url"));
}

let running = 0;
const waiting: (() => void)[] = [];

/** Few at once: each takes a thread of the pool that files and DNS need too. */
async function derive(password: string, salt: Buffer, { N, r, p }: ScryptParameters): Promise<Buffer> {
  if (running >= limits.auth.passwordHashesAtOnceMax) {
    if (waiting.length >= limits.auth.passwordHashesWaitingMax) {
      throw new DomainError(
        "unavailable",
        "Too many people are signing in right now. Try again in a moment.",
        {
          retryAfterSeconds: 5,
        },
      );
    }
    // Whoever finishes hands its place over, so `running` stays as it is.
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else {
    running++;
  }
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      scrypt(password.normalize("NFKC"), salt, KEY_BYTES, { N, r, p, maxmem: 256 * N * r }, (error, key) =>
        error === null ? resolve(key) : reject(error),
      );
    });
  } finally {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  }
}
