import { FACETS, type Facet, type Facets, StoredLogFilter } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { query } from "../access/index.ts";
import {
  type CountedValue,
  combinedHours,
  combinedLevels,
  combinedRows,
  countRows,
  countValues,
  facetsOf,
  HOURLY_FACETS,
} from "./facet-counts.ts";
import { logView, momentOf } from "./log-view.ts";
import { boundOfRows } from "./log-walk.ts";
import { LoggedServerRef, loggedServer } from "./logged-server.ts";
import { answeringInTime } from "./slow-query.ts";
import { idBounds } from "./visible-window.ts";

const { countedRowsMax, facetValuesMax } = limits.requests;

/**
 * How often each value occurs, for each facet under all filters but its own, so that a choice shows what else there
 * is. Counted from the newest rows, at most `limits.requests.countedRowsMax` of them; where there are more, what the
 * hourly counts of requests or the counts of a log by level know is exact all the same, and the rest says that it is
 * sampled. Throws `invalid_input` for a filter
 * that the log does not know.
 */
export const getLogFacets = query({
  name: "logs.facets",
  scope: "logs:read",
  input: StoredLogFilter.extend(LoggedServerRef.shape),
  async run(ctx, { log, ...filter }): Promise<Facets> {
    const { sql } = ctx.database;
    const server = await loggedServer(ctx.database, ctx.organization.id, filter.server);
    const moment = momentOf(ctx.clock.nowMs(), undefined);
    const asked = logView(sql, log, server, filter, moment);
    const view = logView(sql, log, server, withoutFacets(filter), moment);
    const count = (facets: ReturnType<typeof facetsOf>, combined: ReturnType<typeof combinedRows>) =>
      answeringInTime(countValues(sql, server.organizationId, facets, filter, combined));

    const facets = facetsOf(log);
    const bound = await answeringInTime(boundOfRows(sql, view, countedRowsMax));
    const { fromId } = idBounds(view.window);
    const counted = await count(facets, combinedRows(sql, view, facets, bound ?? fromId));
    // The hourly counts forget the names of some tools: not for a choice of one.
    const isHourly = bound !== null && asked.hourly !== null && !asked.hourly.namesTool;
    const isByLevel = bound !== null && asked.hourly === null && asked.countedBy === "levels";
    const known = facets.filter(
      ({ facet }) => (isHourly && HOURLY_FACETS.includes(facet)) || (isByLevel && facet === "level"),
    );
    const combined = isByLevel ? combinedLevels(sql, view) : combinedHours(sql, view);
    const exact = known.length === 0 ? [] : await count(known, combined);
    return {
      facets: facets.map(({ facet }) => {
        const isExact = known.some((one) => one.facet === facet);
        const values = (isExact ? exact : counted).filter((value) => value.facet === facet);
        return {
          facet,
          values: values.slice(0, facetValuesMax).map(toValue),
          isCapped: values.length > facetValuesMax,
          isSampled: bound !== null && !isExact,
        };
      }),
      isSampled: bound !== null,
      countedRows: bound === null ? await countRows(sql, view) : countedRowsMax,
      asOf: new Date(moment.asOfMs).toISOString(),
    };
  },
});

const isFacet = (name: string): name is Facet => (FACETS as readonly string[]).includes(name);
const withoutFacets = (filter: Omit<StoredLogFilter, "log">): Omit<StoredLogFilter, "log" | Facet> => {
  const others = Object.entries(filter).filter(([name]) => !isFacet(name));
  return { environment: filter.environment, ...Object.fromEntries(others) };
};

const toValue = ({ value, label, rows }: CountedValue) => ({ value, label, count: rows });
