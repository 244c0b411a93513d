"use client";

import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Money } from "#components/ui/money.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { purchasesQuery } from "#lib/client/queries/payments.ts";
import type { CreditSummary, Purchase } from "#lib/contract/index.ts";

// With what checks the amount, for those who buy.
const BuyCreditsDialog = lazy(() =>
  import("./buy-credits-dialog.tsx").then((module) => ({ default: module.BuyCreditsDialog })),
);

const STATUSES: Record<Purchase["status"], string> = {
  paid: "paid",
  partly_refunded: "partly refunded",
  refunded: "refunded",
  disputed: "disputed",
};

/** What was paid, and what became of it. Not there while nobody sells credits and nothing was ever bought. */
export function PurchasesCard({ payments }: { payments: CreditSummary["payments"] }) {
  const { slug: org, can } = useOrganization();
  const purchases = useQuery(purchasesQuery(org));
  const [isBuying, setBuying] = useState(false);
  const mayBuy = payments.setUp === null && can("billing:write");
  if (payments.setUp !== null && !purchases.data?.length) return null;
  return (
    <Card
      title="Purchases"
      actions={
        mayBuy ? (
          <Button size="sm" variant="primary" onClick={() => setBuying(true)}>
            Buy credits
          </Button>
        ) : null
      }
    >
      {purchases.data === undefined ? (
        <QueryError query={purchases} title="The purchases could not be loaded" />
      ) : purchases.data.length === 0 ? (
        <EmptyState title="Nothing was bought yet" className="py-8" />
      ) : (
        <Table label="Purchases">
          <TableHead>
            <TableRow>
              <TableHeader>Paid</TableHeader>
              <TableHeader>Status</TableHeader>
              <TableHeader className="hidden sm:table-cell">Bought</TableHeader>
              <TableHeader className="hidden md:table-cell">Payment</TableHeader>
              <TableHeader numeric>Credits</TableHeader>
              <TableHeader numeric>Taken back</TableHeader>
            </TableRow>
          </TableHead>
          <TableBody>
            {purchases.data.map((purchase) => (
              <TableRow key={purchase.id}>
                <TableCell className="text-muted">
                  <Time value={purchase.at} display="date" />
                </TableCell>
                <TableCell className={purchase.status === "disputed" ? "text-fail" : undefined}>
                  {STATUSES[purchase.status]}
                </TableCell>
                <TableCell className="hidden text-muted sm:table-cell">
                  {purchase.origin === "auto_top_up" ? "by auto top-up" : "by hand"}
                </TableCell>
                <TableCell className="hidden md:table-cell">
                  <span className="flex items-center gap-1">
                    <code className="max-w-48 truncate text-muted">{purchase.paymentRef}</code>
                    <CopyButton value={purchase.paymentRef} label="Copy the id of the payment" />
                  </span>
                </TableCell>
                <TableCell numeric>
                  <Money micros={purchase.amountMicros} />
                </TableCell>
                <TableCell numeric>
                  <Money micros={takenBack(purchase)} />
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
      {isBuying ? (
        <Suspense fallback={null}>
          <BuyCreditsDialog onClose={() => setBuying(false)} />
        </Suspense>
      ) : null}
    </Card>
  );
}

/** Refunds and disputes together never take more than what was granted. */
function takenBack({ amountMicros, refundedMicros, disputedMicros }: Purchase): string {
  const back = BigInt(refundedMicros) + BigInt(disputedMicros);
  return back > BigInt(amountMicros) ? amountMicros : String(back);
}
