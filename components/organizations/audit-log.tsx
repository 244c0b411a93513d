"use client";

// Who changed what, and when?

import { useQuery } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import { parseAsInteger, parseAsString, useQueryStates } from "nuqs";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { useAddressWith } from "#components/shell/use-address-with.ts";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Pager } from "#components/ui/pager.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { auditLogQuery } from "#lib/client/queries/organizations.ts";
import type { AuditEntry } from "#lib/contract/index.ts";

const ROWS_OF_SKELETON = ["a", "b", "c", "d", "e", "f", "g", "h"];

/** The person, the token or the part of the product; the key where the name is not known any more. */
const whoDid = ({ actor, actorName }: AuditEntry): string =>
  actorName === null ? actor : actor.startsWith("apiToken:") ? `API token ${actorName}` : actorName;

export function AuditLog() {
  const { slug: org } = useOrganization();
  const [view, setView] = useQueryStates({ page: parseAsInteger.withDefault(1), asOf: parseAsString });
  const page = Math.max(1, view.page);
  const entries = useQuery(auditLogQuery(org, page, view.asOf));
  const { data } = entries;
  const addressWith = useAddressWith();
  const pageChange = (next: number) => ({ page: next, asOf: next === 1 ? null : (data?.asOf ?? null) });
  return (
    <>
      <StaleNotice query={entries} />
      <Card title="Audit log">
        {data === undefined && entries.isError ? (
          <QueryError query={entries} title="The audit log could not be loaded" />
        ) : data?.total === 0 ? (
          <EmptyState icon={ScrollText} title="Nothing was changed yet">
            Every change is recorded here in the same transaction that makes it.
          </EmptyState>
        ) : (
          <>
            <Table label="Audit log" aria-busy={data === undefined}>
              <TableHead>
                <TableRow>
                  <TableHeader className="hidden sm:table-cell">Time</TableHeader>
                  <TableHeader className="hidden sm:table-cell">Who</TableHeader>
                  <TableHeader className="max-sm:pl-4">What</TableHeader>
                  <TableHeader className="hidden sm:table-cell">On</TableHeader>
                  <TableHeader className="hidden lg:table-cell">Request</TableHeader>
                </TableRow>
              </TableHead>
              <TableBody className={entries.isPlaceholderData ? "opacity-60" : undefined}>
                {data === undefined
                  ? ROWS_OF_SKELETON.map((row) => (
                      <TableRow key={row}>
                        <TableCell colSpan={5}>
                          <Skeleton className="w-2/3" />
                        </TableCell>
                      </TableRow>
                    ))
                  : data.data.map((entry) => (
                      <TableRow key={entry.id}>
                        <TableCell className="hidden text-muted sm:table-cell">
                          <Time value={entry.at} display="datetime" />
                        </TableCell>
                        <TableCell className="hidden max-w-52 truncate sm:table-cell" title={entry.actor}>
                          {whoDid(entry)}
                        </TableCell>
                        <TableCell className="max-w-0 font-mono text-xs max-sm:pl-4 sm:max-w-none">
                          {entry.action}
                          <span className="block truncate text-muted sm:hidden">
                            {entry.entityId ?? entry.entity}
                          </span>
                          <span className="block truncate font-sans text-muted sm:hidden">
                            <Time value={entry.at} display="datetime" /> by {whoDid(entry)}
                          </span>
                        </TableCell>
                        <TableCell className="hidden max-w-64 truncate font-mono text-muted text-xs sm:table-cell">
                          {entry.entityId ?? entry.entity}
                        </TableCell>
                        <TableCell className="hidden max-w-64 truncate font-mono text-faint text-xs lg:table-cell">
                          {entry.requestId}
                        </TableCell>
                      </TableRow>
                    ))}
              </TableBody>
            </Table>
            {data ? (
              <Pager
                page={data}
                hrefOf={(next) => addressWith(pageChange(next))}
                onPage={(next) => void setView(pageChange(next))}
              />
            ) : null}
          </>
        )}
      </Card>
    </>
  );
}
