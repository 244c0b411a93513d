/** People: who they are, how they prove it, and how their sessions end. What they may do belongs to organizations. */
export { changePassword, endSessionsOf, signOutEverywhere } from "./account-security.ts";
export { findAccountByEmail, findSessionUser, normalizeEmail } from "./accounts.ts";
export { signIn } from "./sign-in.ts";
export { deleteExpiredSignInAttempts, takeSignInAttempt } from "./sign-in-attempts.ts";
