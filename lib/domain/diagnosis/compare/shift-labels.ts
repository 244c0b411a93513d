import type { ISql } from "postgres";
import type { CompareDimension } from "#lib/contract/index.ts";
import type { UnnamedShift } from "./find-shifts.ts";

/** What a call that named none is called. */
const NONE: Readonly<Record<CompareDimension, string>> = {
  client: "No client name",
  agent: "No agent",
  source: "Unknown source",
  tool: "No tool",
  key: "Callers that did not say who they are",
  region: "No region",
  version: "No hosted version",
  outcome: "Unknown outcome",
  size: "Unknown size",
};
const KNOWN: Partial<Record<CompareDimension, Readonly<Record<string, string>>>> = {
  source: { agent: "Agents", embed: "Embeds", external: "External clients" },
  key: { anonymous: "Anonymous callers", internal: "Our own checks" },
  size: {
    under_1_kib: "Answers under 1 KiB",
    under_16_kib: "Answers of 1 to 16 KiB",
    under_256_kib: "Answers of 16 to 256 KiB",
    under_4_mib: "Answers of 256 KiB to 4 MiB",
    from_4_mib: "Answers of 4 MiB and more",
  },
};

/** Words for what moved; agents, keys and versions by their names, as far as they are the organization's. */
export async function labelShifts(
  sql: ISql,
  organizationId: string,
  shifts: readonly UnnamedShift[],
): Promise<(shift: UnnamedShift) => string> {
  const ids = shifts.flatMap(({ dimension, key }) => (NAMED.has(dimension) && key !== "" ? [idIn(key)] : []));
  const rows =
    ids.length === 0
      ? []
      : await sql<{ id: string; label: string }[]>`
          select id, name || case when deleted_at is null then '' else ' (deleted)' end as label from agents
          where organization_id = ${organizationId} and id = any(${ids}::text[])
          union all
          select id, name || case when revoked_at is null then '' else ' (revoked)' end from access_keys
          where organization_id = ${organizationId} and id = any(${ids}::text[])
          union all
          select id, semver from server_versions
          where organization_id = ${organizationId} and id = any(${ids}::text[])`;
  const named = new Map(rows.map(({ id, label }) => [id, label]));
  return ({ dimension, key }) => {
    if (key === "") return NONE[dimension];
    if (dimension === "outcome") return key.replaceAll("_", " ");
    const known = KNOWN[dimension]?.[key];
    return known ?? (NAMED.has(dimension) ? (named.get(idIn(key)) ?? key) : key);
  };
}

const NAMED: ReadonlySet<CompareDimension> = new Set<CompareDimension>(["agent", "key", "version"]);
/** Principals put what they are before their id: `key:key_…`, `agent:agt_…`. */
const idIn = (key: string): string => key.replace(/^(key|agent):/, "");
