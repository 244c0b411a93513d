/** People: who they are, how they prove it, and how their sessions end. What they may do belongs to organizations. */
export { type AccountCaller, changePassword, endSessionsOf, signOutEverywhere } from "./account-security.ts";
export { findAccountByEmail, findSessionUser, normalizeEmail, type SessionUser } from "./accounts.ts";
export { type SignInInput, signIn } from "./sign-in.ts";
export { deleteExpiredSignInAttempts, takeSignInAttempt } from "./sign-in-attempts.ts";
