import type { Role } from "#lib/contract/index.ts";

/** What each role may do, strongest first. */
export const ROLE_MEANING: Record<Role, string> = {
  owner: "everything, also billing and other owners",
  admin: "members, tokens, and everything a developer may",
  developer: "create, publish and change servers, run checks",
  viewer: "look at servers, logs and checks",
};
export const ROLE_NAMES = ["owner", "admin", "developer", "viewer"] as const satisfies readonly Role[];

export const isRole = (text: string): text is Role => ROLE_NAMES.some((role) => role === text);
