import type { Database } from "#lib/db/index.ts";
import { limits } from "#lib/kernel/limits.ts";

/** Where the rollups count tools beyond the bound. Not a tool name that MCP allows. */
export const OTHER_TOOLS = "\u2026other";

/**
 * Bounds how many tool names one server can put into the rollups: a client may call names that do not exist, a new
 * one each time. The rows keep the name that was called.
 */
export interface RollupTools {
  /** The name under which the rollups count a call of `tool`; empty when it named none. */
  keyOf(serverId: string, tool: string | null): string;
}

/** Remembers the first names of each server, and of the servers those seen last. */
export function createRollupTools(
  toolsPerServerMax: number = limits.requests.rollupToolsPerServerMax,
  serversMax: number = limits.requests.rollupServersMax,
): RollupTools {
  const servers = new Map<string, Set<string>>();
  const toolsOf = (serverId: string): Set<string> => {
    const known = servers.get(serverId);
    if (known) return known;
    if (servers.size >= serversMax) {
      const oldest = servers.keys().next();
      if (!oldest.done) servers.delete(oldest.value);
    }
    const tools = new Set<string>();
    servers.set(serverId, tools);
    return tools;
  };
  return {
    keyOf(serverId, tool) {
      if (tool === null || tool === "") return "";
      const tools = toolsOf(serverId);
      if (tools.has(tool)) return tool;
      if (tools.size >= toolsPerServerMax) return OTHER_TOOLS;
      tools.add(tool);
      return tool;
    },
  };
}

const perDatabase = new WeakMap<Database, RollupTools>();

/** The names this process knows of a database. */
export function rollupToolsOf(database: Database): RollupTools {
  const known = perDatabase.get(database);
  if (known) return known;
  const created = createRollupTools();
  perDatabase.set(database, created);
  return created;
}
