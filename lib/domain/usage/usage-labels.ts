import type { Sql } from "postgres";
import type { UsageDimension } from "#lib/contract/index.ts";
import { OTHER_NAMES } from "#lib/kernel/other-names.ts";

/** A key of the counts in words. */
export type LabelOf = (key: string) => string;

/** What a call that named none is called. Costs that agents reported have no server, tool and outcome. */
const NONE: Readonly<Record<UsageDimension, string>> = {
  server: "No server (reported costs)",
  tool: "No tool (reported costs)",
  agent: "No agent",
  client: "No client name",
  source: "Unknown source",
  region: "No region (reported costs)",
  outcome: "Reported costs",
};
const SOURCE: Readonly<Record<string, string>> = {
  agent: "Agents",
  embed: "Embeds",
  external: "External clients",
  dashboard: "Dashboard",
  smoke: "Smoke tests and canaries",
};

/** Words for the keys of a dimension in an organization; those of deleted servers and agents say so. */
export async function usageLabels(
  sql: Sql,
  organizationId: string,
  dimension: UsageDimension,
  keys: readonly string[],
): Promise<LabelOf> {
  const named = await namesOf(sql, organizationId, dimension, keys);
  return (key) => {
    if (key === "") return NONE[dimension];
    if (key === OTHER_NAMES) return "All others";
    return named.get(key) ?? key;
  };
}

async function namesOf(
  sql: Sql,
  organizationId: string,
  dimension: UsageDimension,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (dimension === "source") return new Map(Object.entries(SOURCE));
  if (dimension === "outcome") return new Map(keys.map((key) => [key, key.replaceAll("_", " ")]));
  if (dimension !== "server" && dimension !== "agent") return new Map();
  const rows = await sql<{ id: string; name: string; gone: boolean }[]>`
    select id, name, deleted_at is not null as gone from ${sql(`${dimension}s`)}
    where organization_id = ${organizationId} and id = any(${[...keys]}::text[])`;
  return new Map(rows.map(({ id, name, gone }) => [id, gone ? `${name} (deleted)` : name]));
}
