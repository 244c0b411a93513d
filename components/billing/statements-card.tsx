"use client";

import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Money } from "#components/ui/money.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { statementsQuery } from "#lib/client/queries/billing.ts";

/** One line per month, UTC: what was there, came, went and is left. */
export function StatementsCard() {
  const { slug: org } = useOrganization();
  const statements = useQuery(statementsQuery(org));
  return (
    <Card title="Statements" aside={<span className="text-muted text-xs">by month, UTC</span>}>
      {statements.data === undefined ? (
        <QueryError query={statements} title="The statements could not be loaded" />
      ) : statements.data.length === 0 ? (
        <EmptyState title="The first statement begins with the first credits" className="py-8" />
      ) : (
        <Table label="Statements">
          <TableHead>
            <TableRow>
              {["Month", "Opening", "Granted", "Used", "Expired", "Refunded", "Adjusted", "Closing"].map(
                (heading) => (
                  <TableHeader key={heading} numeric={heading !== "Month"}>
                    {heading}
                  </TableHeader>
                ),
              )}
            </TableRow>
          </TableHead>
          <TableBody>
            {statements.data.map((statement) => (
              <TableRow key={statement.month}>
                <TableCell>
                  {statement.month}
                  {statement.isClosed ? null : <span className="text-muted"> so far</span>}
                </TableCell>
                {[
                  statement.openingMicros,
                  statement.grantedMicros,
                  statement.usedMicros,
                  statement.expiredMicros,
                  statement.refundedMicros,
                  statement.adjustedMicros,
                  statement.closingMicros,
                ].map((micros, column) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the columns are always these
                  <TableCell key={column} numeric>
                    <Money micros={micros} />
                  </TableCell>
                ))}
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
    </Card>
  );
}
