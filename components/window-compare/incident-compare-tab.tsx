"use client";

// What is different in the window of the incident, against an earlier one?

import { useQuery } from "@tanstack/react-query";
import { Equal, PhoneMissed } from "lucide-react";
import Link from "next/link";
import { parseAsStringLiteral, useQueryStates } from "nuqs";
import { useRef } from "react";
import { useIncident } from "#components/incidents/incident-context.tsx";
import { CardsSkeleton } from "#components/shell/cards-skeleton.tsx";
import { PageBody } from "#components/shell/page-body.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { useRowKeys } from "#components/shell/use-row-keys.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { formatCount, formatPercent } from "#components/ui/numbers.ts";
import { SegmentedControl } from "#components/ui/segmented-control.tsx";
import { Stat, StatStrip } from "#components/ui/stat-strip.tsx";
import { Time } from "#components/ui/time.tsx";
import { incidentCompareQuery } from "#lib/client/queries/incidents.ts";
import type { WindowComparison } from "#lib/contract/comparisons.ts";
import { incidentLimits } from "#lib/kernel/limits/incidents.ts";
import { AGAINST, AGAINST_WORDS, DIMENSION_WORDS, errorRate, shiftHref, unmoved } from "./compare-words.ts";
import { ShiftTable } from "./shift-table.tsx";

export function IncidentCompareTab() {
  const { org, incident, ref } = useIncident();
  const [{ against }, setSearch] = useQueryStates({
    against: parseAsStringLiteral(AGAINST).withDefault("previous"),
  });
  const hasCalls = incident.server !== null;
  const comparison = useQuery({ ...incidentCompareQuery(org, ref, against), enabled: hasCalls });
  if (!hasCalls) return <NoServer />;
  return (
    <PageBody>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <SegmentedControl
          label="Compare with"
          value={against}
          options={AGAINST.map((value) => ({
            value,
            label: AGAINST_WORDS[value].label,
            title: `Compare with ${AGAINST_WORDS[value].text}`,
          }))}
          onChange={(next) => void setSearch({ against: next })}
        />
        {comparison.data ? <Windows comparison={comparison.data} /> : null}
      </div>
      <StaleNotice query={comparison} />
      {comparison.data === undefined ? (
        comparison.isError ? (
          <Card>
            <QueryError query={comparison} title="The comparison could not be made" />
          </Card>
        ) : (
          <CardsSkeleton />
        )
      ) : (
        <Comparison comparison={comparison.data} />
      )}
    </PageBody>
  );
}

/** Money and use of the whole organization are compared on the usage page. */
function NoServer() {
  const { org } = useIncident();
  return (
    <PageBody>
      <Card>
        <EmptyState
          icon={Equal}
          title="This incident is about no single server"
          action={
            <Button asChild>
              <Link href={`/${org}/usage?compare=previous`}>Compare the usage</Link>
            </Button>
          }
        >
          Calls are compared server by server. The usage of all servers has its own comparison.
        </EmptyState>
      </Card>
    </PageBody>
  );
}

const Windows = ({ comparison: { window, compared } }: { comparison: WindowComparison }) => (
  <p className="text-muted text-xs">
    <Time value={window.from} display="datetime" /> – <Time value={window.to} display="datetime" /> against{" "}
    <Time value={compared.from} display="datetime" /> – <Time value={compared.to} display="datetime" />
  </p>
);

function Comparison({ comparison }: { comparison: WindowComparison }) {
  const { org, incident } = useIncident();
  const list = useRef<HTMLDivElement>(null);
  useRowKeys(list);
  const { now, before, shifts } = comparison;
  const { server } = incident;
  const isTooFew = Math.min(now.calls, before.calls) < incidentLimits.shiftSupportMin;
  return (
    <>
      {comparison.isSampled ? (
        <Notice tone="warn">
          Sampled: one of the windows has more calls than are read. Shares are those of its newest calls.
        </Notice>
      ) : null}
      <StatStrip label="Both windows">
        <Stat label="Calls now">{formatCount(now.calls)}</Stat>
        <Stat label="Calls before">{formatCount(before.calls)}</Stat>
        <Stat label="Failed now" detail={formatPercent(errorRate(now))}>
          {formatCount(now.errors)}
        </Stat>
        <Stat label="Failed before" detail={formatPercent(errorRate(before))}>
          {formatCount(before.errors)}
        </Stat>
      </StatStrip>
      <Card
        title="What moved"
        aside={
          shifts.length > 0 ? <span className="text-faint text-xs">largest shift first</span> : undefined
        }
      >
        <div ref={list}>
          {shifts.length > 0 ? (
            <ShiftTable
              shifts={shifts}
              hrefOf={(shift) =>
                server === null ? null : shiftHref(org, server.slug, shift, comparison.window)
              }
            />
          ) : now.calls === 0 && before.calls === 0 ? (
            <EmptyState icon={PhoneMissed} title="No calls in either window" className="py-9">
              There is nothing to compare. Compare with another time, or look whether anything reached us.
            </EmptyState>
          ) : (
            <EmptyState
              icon={Equal}
              title={isTooFew ? "Too few calls to compare" : "No difference found"}
              className="py-9"
            >
              {isTooFew
                ? `One of the windows has fewer than ${incidentLimits.shiftSupportMin} calls: too few to tell a difference from chance.`
                : `The calls of this window are made up like those of ${AGAINST_WORDS[comparison.against].text}. What is wrong is the same for all of them, or was there before.`}
            </EmptyState>
          )}
        </div>
        <LookedAt comparison={comparison} />
      </Card>
    </>
  );
}

/** What was compared, and what of it did not move: this rules things out. */
function LookedAt({ comparison }: { comparison: WindowComparison }) {
  const same = unmoved(comparison);
  if (comparison.dimensions.length === 0) return null;
  const words = (dimensions: readonly (keyof typeof DIMENSION_WORDS)[]) =>
    dimensions.map((dimension) => (DIMENSION_WORDS[dimension] ?? dimension).toLowerCase()).join(", ");
  return (
    <p className="border-t px-4 py-2 text-muted text-xs">
      Looked at: {words(comparison.dimensions)}.
      {same.length > 0 && same.length < comparison.dimensions.length ? ` Did not move: ${words(same)}.` : ""}
    </p>
  );
}
