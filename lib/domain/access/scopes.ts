import { type Role, SCOPES, type Scope } from "#lib/contract/index.ts";

const READ = SCOPES.filter((scope) => scope.endsWith(":read"));
const VIEWER: readonly Scope[] = [
  "organization:read",
  "members:read",
  "servers:read",
  "logs:read",
  "checks:read",
  "gateways:read",
  "agents:read",
  "usage:read",
  "incidents:read",
  "views:write",
];
const DEVELOPER: readonly Scope[] = [
  ...VIEWER,
  "servers:write",
  "deployments:write",
  "checks:run",
  "incidents:write",
];
const ADMIN: readonly Scope[] = [
  ...DEVELOPER,
  ...READ,
  "members:write",
  "tokens:write",
  "gateways:write",
  "drains:write",
  "agents:write",
  "budgets:write",
  "usage:write",
  "alerts:write",
];

/** What each role may do. Every role includes the ones below it. */
const SCOPES_OF_ROLE: Record<Role, ReadonlySet<Scope>> = {
  viewer: new Set(VIEWER),
  developer: new Set(DEVELOPER),
  admin: new Set(ADMIN),
  owner: new Set(SCOPES),
};

export const scopesOfRole = (role: Role): ReadonlySet<Scope> => SCOPES_OF_ROLE[role];
