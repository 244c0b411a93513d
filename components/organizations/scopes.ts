import type { Scope } from "#lib/contract/index.ts";

/** What each scope allows, in the words of the token form. A new scope does not compile until it is described. */
export const SCOPE_MEANING: Record<Scope, string> = {
  "organization:read": "See the organization",
  "organization:write": "Rename the organization",
  "members:read": "See members",
  "members:write": "Invite, change and remove members",
  "tokens:read": "See API tokens",
  "tokens:write": "Create and revoke API tokens",
  "servers:read": "See servers, versions and operations",
  "servers:write": "Create, change and delete servers",
  "deployments:write": "Upload, publish, activate, deactivate",
  "logs:read": "Read requests and console lines",
  "checks:read": "See checks",
  "checks:run": "Run smoke tests and tool calls",
  "gateways:read": "See gateways, their grants and decisions",
  "gateways:write": "Create, change and delete gateways, grants and keys",
  "agents:read": "See agents, what they may call and their budgets",
  "agents:write": "Create, change, pause and delete agents and their keys",
  "budgets:write": "Change what agents may spend",
  "usage:read": "See usage and quotas",
  "usage:write": "Report costs that happened elsewhere",
  "billing:read": "See credits, the ledger and statements",
  "billing:write": "Buy and grant credits, change the plan",
  "alerts:read": "See alerts and where they go",
  "alerts:write": "Create, change and delete alert channels",
  "incidents:read": "See incidents, diagnoses and reports",
  "incidents:write": "Open, work on and share incidents",
  "views:write": "Save views of logs, and delete own ones",
  "drains:read": "See log drains and how they go",
  "drains:write": "Create, change and delete log drains",
  "audit:read": "Read the audit log",
};

export const isScope = (text: string): text is Scope => Object.hasOwn(SCOPE_MEANING, text);
export const SCOPE_NAMES: readonly Scope[] = Object.keys(SCOPE_MEANING).filter(isScope);
