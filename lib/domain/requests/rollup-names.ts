import type { Database } from "#lib/db/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { OTHER_NAMES } from "#lib/kernel/other-names.ts";
import { storable } from "./storable-fact.ts";

/**
 * Bounds how many names strangers can put into the rollups: a client may call tools that do not exist, and call itself
 * something else each time. The rows keep the names that were sent.
 */
export interface RollupNames {
  /** The name under which the rollups count a call of `tool`; empty when it named none. */
  tool(serverId: string, tool: string | null): string;
  /** The same for the name of a client. */
  client(organizationId: string, client: string | null): string;
}

export interface RollupNamesBounds {
  toolsPerServerMax: number;
  serversMax: number;
  clientsPerOrganizationMax: number;
  organizationsMax: number;
}

/** Remembers the first names of each server and organization, and of these those that were seen last. */
export function createRollupNames(bounds: Partial<RollupNamesBounds> = {}): RollupNames {
  const { requests } = limits;
  const tools = boundedNames(
    bounds.toolsPerServerMax ?? requests.rollupToolsPerServerMax,
    bounds.serversMax ?? requests.rollupServersMax,
  );
  const clients = boundedNames(
    bounds.clientsPerOrganizationMax ?? requests.rollupClientsPerOrganizationMax,
    bounds.organizationsMax ?? requests.rollupServersMax,
  );
  return { tool: tools, client: clients };
}

function boundedNames(namesMax: number, ownersMax: number): (ownerId: string, name: string | null) => string {
  const owners = new Map<string, Set<string>>();
  const namesOf = (ownerId: string): Set<string> => {
    const known = owners.get(ownerId);
    if (known) return known;
    if (owners.size >= ownersMax) {
      const oldest = owners.keys().next();
      if (!oldest.done) owners.delete(oldest.value);
    }
    const names = new Set<string>();
    owners.set(ownerId, names);
    return names;
  };
  return (ownerId, sent) => {
    const name = sent === null ? "" : storable.text(sent, limits.requests.nameCharactersMax);
    if (name === "") return "";
    const names = namesOf(ownerId);
    if (names.has(name)) return name;
    if (names.size >= namesMax) return OTHER_NAMES;
    names.add(name);
    return name;
  };
}

const perDatabase = new WeakMap<Database, RollupNames>();

/** The names this process knows of a database. */
export function rollupNamesOf(database: Database): RollupNames {
  const known = perDatabase.get(database);
  if (known) return known;
  const created = createRollupNames();
  perDatabase.set(database, created);
  return created;
}
