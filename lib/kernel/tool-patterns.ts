import { gatewayLimits } from "./limits/gateways.ts";
import { matchesToolPattern } from "./tool-pattern.ts";

/** Patterns of tool names, in which `*` stands for any characters, ready to be asked many times. */
export interface ToolPatterns {
  /** One of them is `*`. */
  readonly matchesAll: boolean;
  matches(tool: string): boolean;
}

/** Names are looked up; only patterns with a star inside are tried one by one, and on names of a bounded length. */
export function compileToolPatterns(patterns: readonly string[]): ToolPatterns {
  if (patterns.some((pattern) => /^\*+$/.test(pattern))) return { matchesAll: true, matches: () => true };
  const globs = [...new Set(patterns.filter((pattern) => pattern.includes("*")))];
  const names = new Set(patterns.filter((pattern) => !pattern.includes("*")));
  return {
    matchesAll: false,
    matches: (tool) =>
      names.has(tool) ||
      (tool.length <= gatewayLimits.matchedNameCharactersMax &&
        globs.some((glob) => matchesToolPattern(glob, tool))),
  };
}
