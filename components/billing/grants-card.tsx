"use client";

import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Money } from "#components/ui/money.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import { creditGrantsQuery } from "#lib/client/queries/billing.ts";
import type { CreditSummary } from "#lib/contract/index.ts";
import { GrantButton } from "./grant-button.tsx";

/** Where credits came from, and what is left of them. */
export function GrantsCard({ summary }: { summary: CreditSummary }) {
  const { slug: org, can } = useOrganization();
  const grants = useQuery(creditGrantsQuery(org));
  return (
    <Card title="Credits that came in" actions={can("billing:write") ? <GrantButton /> : null}>
      {summary.payments.setUp ? (
        <p className="border-b px-4 py-2 text-muted text-sm">{summary.payments.setUp}</p>
      ) : null}
      {grants.data === undefined ? (
        <QueryError query={grants} title="The credits could not be loaded" />
      ) : grants.data.length === 0 ? (
        <EmptyState title="No credits came in yet" className="py-8" />
      ) : (
        <Table label="Credits that came in">
          <TableHead>
            <TableRow>
              <TableHeader>Came in</TableHeader>
              <TableHeader>Kind</TableHeader>
              <TableHeader className="hidden sm:table-cell">Reason</TableHeader>
              <TableHeader className="hidden md:table-cell">Expires</TableHeader>
              <TableHeader numeric>Credits</TableHeader>
              <TableHeader numeric>Left</TableHeader>
            </TableRow>
          </TableHead>
          <TableBody>
            {grants.data.map((grant) => (
              <TableRow key={grant.id}>
                <TableCell className="text-muted">
                  <Time value={grant.createdAt} display="date" />
                </TableCell>
                <TableCell>{grant.kind}</TableCell>
                <TableCell className="hidden max-w-72 truncate text-muted sm:table-cell">
                  {withSigns(grant.reason ?? "–")}
                </TableCell>
                <TableCell className="hidden text-muted md:table-cell">
                  {grant.expiresAt ? <Time value={grant.expiresAt} display="date" /> : "never"}
                </TableCell>
                <TableCell numeric>
                  <Money micros={grant.amountMicros} />
                </TableCell>
                <TableCell numeric>
                  <Money micros={grant.remainingMicros} />
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
    </Card>
  );
}
