import type { Grant } from "#lib/contract/index.ts";
import { matchesToolPattern } from "#lib/kernel/tool-pattern.ts";

/** The tools that a server is known to have; null while no tools/list of it has passed. */
export interface KnownTools {
  readonly serverId: string;
  readonly serverName: string;
  readonly tools: readonly string[] | null;
}

/** The names that at least one pattern matches. */
export const covered = (patterns: readonly string[], names: readonly string[]): string[] =>
  names.filter((name) => patterns.some((pattern) => matchesToolPattern(pattern, name)));

/** Patterns other than `*` that match none of the names; nothing is said while some server's tools are not known. */
export function unmatchedPatterns(patterns: readonly string[], known: readonly KnownTools[]): string[] {
  if (known.length === 0 || known.some(({ tools }) => tools === null)) return [];
  const names = known.flatMap(({ tools }) => tools ?? []);
  return patterns.filter((pattern) => pattern !== "*" && covered([pattern], names).length === 0);
}

/** The tools of a server that no grant covers for anybody: calling them is denied to every caller. */
export function toolsOfNobody(
  { serverId, tools }: KnownTools,
  grants: readonly Pick<Grant, "serverId" | "tools">[],
): string[] {
  const patterns = grants.flatMap((grant) =>
    grant.serverId === null || grant.serverId === serverId ? grant.tools : [],
  );
  const names = tools ?? [];
  const callable = new Set(covered(patterns, names));
  return names.filter((name) => !callable.has(name));
}

/** What the contract takes as a pattern: 1 to 200 visible characters without spaces. */
export const isToolPattern = (text: string): boolean => /^[\x21-\x7E]{1,200}$/.test(text);
