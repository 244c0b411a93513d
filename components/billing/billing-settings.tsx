"use client";

// What credits are left, how long do they last, why did they change, and does every one of them add up?

import { useQuery } from "@tanstack/react-query";
import { Coins } from "lucide-react";
import dynamic from "next/dynamic";
import { lazy, Suspense } from "react";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import { useHydrated } from "#components/ui/use-hydrated.ts";
import { creditSummaryQuery } from "#lib/client/queries/billing.ts";
import type { CreditSummary } from "#lib/contract/index.ts";
import { CheckoutReturn } from "./checkout-return.tsx";
import { CreditStats } from "./credit-stats.tsx";
import { GrantButton } from "./grant-button.tsx";
import { LedgerCard } from "./ledger-card.tsx";
import { PlanCard } from "./plan-card.tsx";
import { WhyCard } from "./why-card.tsx";

// Cards at the end of the page: drawn with it, alive a moment later.
const BooksCard = dynamic(() => import("./books-card.tsx").then((module) => module.BooksCard));
const GrantsCard = dynamic(() => import("./grants-card.tsx").then((module) => module.GrantsCard));
const PurchasesCard = dynamic(() => import("./purchases-table.tsx").then((module) => module.PurchasesCard));
const StatementsCard = dynamic(() => import("./statements-card.tsx").then((module) => module.StatementsCard));
// Settings at the end of the page, with what checks their values: nobody waits for them.
const CreditAlertsCard = lazy(() =>
  import("./credit-alerts-card.tsx").then((module) => ({ default: module.CreditAlertsCard })),
);
const AutoTopUpCard = lazy(() =>
  import("./auto-top-up-form.tsx").then((module) => ({ default: module.AutoTopUpCard })),
);

export function BillingSettings() {
  const { slug: org } = useOrganization();
  const summary = useQuery(creditSummaryQuery(org));
  const isHydrated = useHydrated();
  if (summary.data === undefined) {
    return (
      <Card>
        {summary.isError ? (
          <QueryError query={summary} title="Billing could not be loaded" />
        ) : (
          <div className="grid gap-3 p-4" aria-busy="true">
            <Skeleton className="h-8 w-48" />
            <Skeleton className="w-2/3" />
            <Skeleton className="h-40 w-full" />
          </div>
        )}
      </Card>
    );
  }
  return (
    <>
      <StaleNotice query={summary} />
      <CheckoutReturn />
      {summary.data.notices.map(({ code, message, at }) => (
        <Notice key={`${code} ${at}`} tone="warn">
          {message} <Time value={at} className="text-muted" />
        </Notice>
      ))}
      {hasNothing(summary.data) ? (
        <FirstCredits summary={summary.data} />
      ) : (
        <CreditStats summary={summary.data} />
      )}
      <WhyCard />
      <LedgerCard />
      <div className="grid items-start gap-3.5 lg:grid-cols-2">
        <PlanCard />
        <BooksCard summary={summary.data} />
      </div>
      <PurchasesCard payments={summary.data.payments} />
      <GrantsCard summary={summary.data} />
      <StatementsCard />
      {isHydrated ? (
        <Suspense fallback={null}>
          <CreditAlertsCard />
          <AutoTopUpCard payments={summary.data.payments} />
        </Suspense>
      ) : null}
    </>
  );
}

/** Nothing was ever granted, bought or spent. */
const hasNothing = ({ balanceMicros, debtMicros, month, runway }: CreditSummary): boolean =>
  balanceMicros === "0" && debtMicros === "0" && month.spentMicros === "0" && runway.state === "empty";

function FirstCredits({ summary }: { summary: CreditSummary }) {
  const { can } = useOrganization();
  return (
    <Card>
      <EmptyState
        icon={Coins}
        title="There are no credits"
        action={can("billing:write") ? <GrantButton /> : null}
      >
        {summary.plan.isPriced
          ? `On the plan ${summary.plan.name} tool calls draw on prepaid credits: 1 credit is 1 USD. Calls are denied until there are some.`
          : `On the plan ${summary.plan.name} calls are free, so no credits are needed. Credits count once the organization is on a plan with prices.`}
      </EmptyState>
    </Card>
  );
}
