import { z } from "zod";
import { hashSecret, verifyPassword } from "#lib/crypto/index.ts";
import { type Actor, type System, systemCommand } from "#lib/domain/access/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { findAccountByEmail, type SessionUser } from "./accounts.ts";
import { forgiveSignInAttempts, takeSignInAttempt } from "./sign-in-attempts.ts";

const Credentials = z.object({
  email: z.string().trim().min(1, "Type your e-mail address.").max(320),
  password: z.string().min(1, "Type your password.").max(limits.auth.passwordBytesMax),
});

export interface SignInInput {
  email: string;
  password: string;
  /** Where the attempt comes from; bounds guessing together with the e-mail. */
  address: string;
  requestId: string;
}

/**
 * The user of an e-mail and a password. Throws `unauthenticated` with the same words and after the same work whether
 * the account is unknown, disabled, without a password, or the password is wrong; `rate_limited` after ten attempts
 * in 15 minutes by e-mail or by address.
 */
export async function signIn(system: System, input: SignInInput): Promise<SessionUser> {
  const credentials = Credentials.safeParse(input);
  if (!credentials.success) throw refusal();
  const { email, password } = credentials.data;
  await takeSignInAttempt(system, email, input.address);
  const account = await findAccountByEmail(system.database.db, email);
  const isGenuine = await verifyPassword(password, account?.passwordHash ?? null, system.passwordCost);
  if (account === null || !isGenuine || account.disabledAt !== null) {
    const emailHash = hashSecret(email.toLowerCase()).slice(0, 16);
    system.log.warn({ emailHash, address: input.address, requestId: input.requestId }, "sign-in refused");
    throw refusal();
  }
  await forgiveSignInAttempts(system, email, input.address);
  const actor: Actor = { kind: "user", userId: account.id, name: account.name, email: account.email };
  await recordSignIn(
    { system, actor, requestId: input.requestId },
    { userId: account.id, address: input.address },
  );
  return { id: account.id, name: account.name, email: account.email, tokenVersion: account.tokenVersion };
}

const refusal = () => new DomainError("unauthenticated", "E-mail or password is wrong.");

const recordSignIn = systemCommand({
  name: "account.signIn",
  input: z.object({ userId: z.string(), address: z.string() }),
  run: async (_ctx, { userId, address }) => ({
    value: undefined,
    audit: { entity: "user", entityId: userId, after: { address } },
  }),
});
