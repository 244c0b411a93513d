import type { Fragment, Sql } from "postgres";
import type { Facet, RequestFilter, StoredLog } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { OTHER_NAMES } from "#lib/kernel/other-names.ts";
import { coverWindow, DAY_MS, QUARTER_MS } from "./counted-spans.ts";
import { levelNumber, levelOfNumber } from "./fact-levels.ts";
import { beyondWindow, cellsIn } from "./log-counts.ts";
import type { LogView } from "./log-view.ts";
import { HOUR_MS, hourOf, idBounds } from "./visible-window.ts";

/** The column of each facet that a log has. */
const COLUMNS: Record<StoredLog, Partial<Record<Facet, string>>> = {
  requests: {
    level: "level",
    outcome: "outcome",
    source: "source",
    method: "method",
    tool: "tool",
    client: "client_name",
    agent: "agent_id",
    gateway: "gateway_id",
    region: "region",
    version: "version_id",
  },
  console: { level: "level", version: "version_id" },
  upstream: { level: "level", method: "method", version: "version_id" },
};

export interface FacetColumn {
  readonly facet: Facet;
  readonly column: string;
}

/** The facets of a log, in the order of its columns. */
export const facetsOf = (log: StoredLog): FacetColumn[] =>
  Object.entries(COLUMNS[log]).map(([facet, column]) => ({ facet: facet as Facet, column }));

/** What the hourly counts of requests know. */
export const HOURLY_FACETS: readonly Facet[] = ["level", "outcome", "source", "tool"];

/** Choices that are made in facets. */
export type FacetFilter = Pick<RequestFilter, Facet>;

export interface CountedValue {
  facet: Facet;
  value: string;
  /** For people, where the value is an id. */
  label: string | null;
  rows: number;
}

/**
 * Rows that are counted, grouped by the columns of `facets`: those of the view from `fromId` on. The view asks for
 * everything but what the facets do.
 */
export function combinedRows(
  sql: Sql,
  view: LogView,
  facets: readonly FacetColumn[],
  fromId: string,
): Fragment {
  const { toId } = idBounds(view.window);
  const columns = sql(facets.map(({ column }) => column));
  return sql`
    select ${columns}, count(*) as n from ${sql(view.table)}
    where server_id = ${view.serverId} and id >= ${fromId} and id < ${toId} ${view.matches}
    group by ${columns}`;
}

/** The same of all rows, from the hourly counts of requests; what the outermost hours hold beyond the window is taken away. */
export function combinedHours(sql: Sql, view: LogView): Fragment {
  const { fromMs, toMs } = view.window;
  const beyond = (side: "newer" | "older") => {
    const bounds = beyondWindow(view, side, HOUR_MS);
    return sql`
      select level, outcome, source, tool, -count(*) from request_log
      where server_id = ${view.serverId} and id >= ${bounds.fromId} and id < ${bounds.toId}
      group by 1, 2, 3, 4`;
  };
  return sql`
    select level, outcome, source, tool, sum(n) as n from (
      select level, outcome, source, nullif(tool, '') as tool, sum(stored) as n from request_rollup
      where organization_id = ${view.organizationId} and server_id = ${view.serverId}
        and hour >= ${new Date(hourOf(fromMs)).toISOString()}::timestamptz
        and hour < ${new Date(hourOf(toMs - 1) + HOUR_MS).toISOString()}::timestamptz
      group by 1, 2, 3, 4
      union all ${beyond("newer")}
      union all ${beyond("older")}
    ) counted
    group by 1, 2, 3, 4`;
}

/** The levels of all rows of any log, from its counts by span; the view asks for nothing but a window. */
export function combinedLevels(sql: Sql, view: LogView): Fragment {
  const beyond = (side: "newer" | "older") => {
    const bounds = beyondWindow(view, side, QUARTER_MS);
    return sql`
      select level, -count(*) from ${sql(view.table)}
      where server_id = ${view.serverId} and id >= ${bounds.fromId} and id < ${bounds.toId}
      group by level`;
  };
  return sql`
    select level, sum(n) as n from (
      select level, sum(rows) as n from (${cellsIn(sql, view, coverWindow(view.window, DAY_MS))}) cells
      group by level
      union all ${beyond("newer")}
      union all ${beyond("older")}
    ) counted
    group by level`;
}

/** How many rows an index leads to in the whole view. */
export async function countRows(sql: Sql, view: LogView): Promise<number> {
  const { fromId, toId } = idBounds(view.window);
  const [row] = await sql<{ n: number }[]>`
    select count(*)::int as n from ${sql(view.table)}
    where server_id = ${view.serverId} and id >= ${fromId} and id < ${toId} ${view.seek}`;
  return row?.n ?? 0;
}

/**
 * The most frequent values of each facet in `combined`, under the choices of all other facets, one more than are shown.
 */
export async function countValues(
  sql: Sql,
  organizationId: string,
  facets: readonly FacetColumn[],
  filter: FacetFilter,
  combined: Fragment,
): Promise<CountedValue[]> {
  const judged = facets
    .map(({ facet, column }) => sql`coalesce((${choice(sql, organizationId, facet, column, filter)}), false)`)
    .reduce((all, one) => sql`${all}, ${one}`);
  const values = facets
    .map(({ facet, column }, index) => sql`(${facet}::text, ${index + 1}::int, ${sql(column)}::text)`)
    .reduce((all, one) => sql`${all}, ${one}`);
  const rows = await sql<{ facet: Facet; value: string; label: string | null; rows: string }[]>`
    with judged as materialized (
      select combined.*, array[${judged}] as fits from (${combined}) combined
    ), counted as (
      select facet, value, sum(n)::bigint as rows
      from judged cross join lateral (values ${values}) as one(facet, position, value)
      where value is not null and true = all (fits[:position - 1] || fits[position + 1:])
      group by 1, 2 having sum(n) > 0
    ), named as (
      select facet, coalesce(v.semver, value) as value, coalesce(g.name, a.name) as label, sum(rows)::bigint as rows
      from counted
      left join server_versions v on facet = 'version' and v.organization_id = ${organizationId} and v.id = value
      left join gateways g on facet = 'gateway' and g.organization_id = ${organizationId} and g.id = value
      left join agents a on facet = 'agent' and a.organization_id = ${organizationId} and a.id = value
      group by 1, 2, 3
    ), ranked as (
      select *, row_number() over (partition by facet order by rows desc, value) as place from named
      where value <> ${OTHER_NAMES}
    )
    select facet, value, label, rows from ranked where place <= ${limits.requests.facetValuesMax + 1}
    order by facet, place`;
  return rows.map((row) => ({
    facet: row.facet,
    value: row.facet === "level" ? levelOfNumber(Number(row.value)) : row.value,
    label: row.label,
    rows: Number(row.rows),
  }));
}

/** Whether a row fits what is chosen in a facet. */
function choice(
  sql: Sql,
  organizationId: string,
  facet: Facet,
  column: string,
  filter: FacetFilter,
): Fragment {
  const chosen = filter[facet];
  if (chosen === undefined) return sql`true`;
  if (facet === "version") {
    return sql`version_id = any(array(
      select id from server_versions where organization_id = ${organizationId} and semver = ${String(chosen)}))`;
  }
  if (facet === "level") return sql`level = any(${(filter.level ?? []).map(levelNumber)}::int[])`;
  const texts: readonly string[] = typeof chosen === "string" ? [chosen] : chosen;
  return sql`${sql(column)} = any(${[...texts]}::text[])`;
}
