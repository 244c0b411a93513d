"use client";

import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { Card } from "#components/ui/card.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { alertRulesQuery } from "#lib/client/queries/alerts.ts";
import { RuleItem } from "./rule-item.tsx";

const ROWS_OF_SKELETON = ["a", "b", "c", "d"];

/** What is watched all the time, which of it is on, and how much of it is wrong right now. */
export function AlertRules() {
  const { slug: org, can } = useOrganization();
  const rules = useQuery(alertRulesQuery(org));
  const mayWrite = can("alerts:write");
  return (
    <Card
      title="Rules"
      aside={<span className="text-faint text-xs">each opens an incident with fresh evidence</span>}
    >
      <div className="px-4 pt-3 empty:hidden">
        <StaleNotice query={rules} />
      </div>
      {rules.data === undefined && rules.isError ? (
        <QueryError query={rules} title="The rules could not be loaded" />
      ) : (
        <ul className="divide-y" aria-label="Rules" aria-busy={rules.data === undefined}>
          {rules.data === undefined
            ? ROWS_OF_SKELETON.map((row) => (
                <li key={row} className="grid h-16 content-center gap-2 px-4">
                  <Skeleton className="w-1/3" />
                  <Skeleton className="w-2/3" />
                </li>
              ))
            : rules.data.map((rule) => <RuleItem key={rule.rule} rule={rule} mayWrite={mayWrite} />)}
        </ul>
      )}
    </Card>
  );
}
