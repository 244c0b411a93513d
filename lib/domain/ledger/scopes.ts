import type { LeaseScope } from "./lease-types.ts";

/** The agent's own scope. */
export const agentScope = (agentId: string): LeaseScope => ({ kind: "agent", id: agentId });
/** An end user of an agent; those it does not tell apart are one. */
export const userScope = (agentId: string, endUser: string | null): LeaseScope => ({
  kind: "user",
  id: `${agentId}\n${endUser ?? ""}`,
});
export const sessionScope = (agentId: string, session: string): LeaseScope => ({
  kind: "session",
  id: `${agentId}\n${session}`,
});

/** The end user or session in the id of its scope. */
export const nameInScope = (scopeId: string): string => scopeId.slice(scopeId.indexOf("\n") + 1);

/** The agent whose budget a scope belongs to. */
export const agentOfScope = (scopeId: string): string => scopeId.split("\n", 1)[0] ?? "";
