import type { Decision } from "#lib/contract/index.ts";

type Caller = Pick<Decision, "principal" | "principalName">;

/** Who called, in words: the name of a key or agent, the subject of a token, or what is known instead. */
export function callerOf({ principal, principalName }: Caller): string {
  if (principal === null) return "not identified";
  if (principal === "anonymous") return "anonymous";
  if (principal === "internal") return "this installation";
  const [kind, ...rest] = principal.split(":");
  const id = rest.join(":");
  if (kind === "oauth" && id !== "") return principalName ?? id;
  return principalName ?? principal;
}

/** How the caller got in, in one word; empty where the name says it already. */
export function callerKindOf({ principal }: Pick<Decision, "principal">): string {
  const kind = principal?.split(":")[0];
  if (kind === "key") return "key";
  if (kind === "agent") return "agent";
  return kind === "oauth" ? "OAuth" : "";
}

/** The agent that called; null for every other caller. */
export const agentIdOf = ({ principal }: Pick<Decision, "principal">): string | null =>
  principal?.startsWith("agent:") ? principal.slice("agent:".length) : null;
