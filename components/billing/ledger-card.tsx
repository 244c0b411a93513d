"use client";

import { useQuery } from "@tanstack/react-query";
import { Download, ReceiptText, X } from "lucide-react";
import { useQueryStates } from "nuqs";
import { lazy, Suspense } from "react";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { useAddressWith } from "#components/shell/use-address-with.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Pager } from "#components/ui/pager.tsx";
import { SegmentedControl } from "#components/ui/segmented-control.tsx";
import { Time } from "#components/ui/time.tsx";
import { ledgerExportUrl, ledgerQuery } from "#lib/client/queries/billing.ts";
import { billingSearch } from "./billing-search.ts";
import { LedgerTable } from "./ledger-table.tsx";

const TxDrawer = lazy(() => import("./tx-drawer.tsx").then((module) => ({ default: module.TxDrawer })));

const CATEGORIES = [
  { value: "all", label: "All" },
  { value: "purchases", label: "Purchases" },
  { value: "usage", label: "Usage" },
  { value: "adjustments", label: "Adjustments" },
] as const;

/** What moved credits, newest first; each row opens its entries and the calls that it pays for. */
export function LedgerCard() {
  const { slug: org } = useOrganization();
  const [search, setSearch] = useQueryStates(billingSearch);
  const { category, agent, from, to, asOf } = search;
  const view = { category, agent, from, to, page: Math.max(1, search.page), asOf };
  const ledger = useQuery(ledgerQuery(org, view));
  const { data } = ledger;
  const addressWith = useAddressWith();
  const pageChange = (page: number) => ({ page, asOf: page === 1 ? null : (data?.asOf ?? null) });
  const isNarrowed = agent !== null || from !== null || to !== null;
  return (
    <Card
      id="ledger"
      title="Ledger"
      actions={
        <Button asChild size="sm">
          <a href={ledgerExportUrl(org, view)} download>
            <Download aria-hidden="true" />
            CSV
          </a>
        </Button>
      }
    >
      <div className="overflow-x-auto px-4 py-2">
        <SegmentedControl
          label="Category"
          value={category ?? "all"}
          options={CATEGORIES}
          onChange={(next) =>
            void setSearch({ category: next === "all" ? null : next, page: null, asOf: null })
          }
        />
      </div>
      <StaleNotice query={ledger} />
      {isNarrowed ? (
        <p className="flex flex-wrap items-center gap-2 border-b px-4 py-1.5 text-muted text-xs">
          {agent === null ? null : <span>agent {data?.data[0]?.agentName ?? agent}</span>}
          {from === null ? null : (
            <span>
              from <Time value={from} display="datetime" />
            </span>
          )}
          {to === null ? null : (
            <span>
              to <Time value={to} display="datetime" />
            </span>
          )}
          <Button
            size="sm"
            variant="ghost"
            onClick={() => void setSearch({ agent: null, from: null, to: null, page: null, asOf: null })}
          >
            <X aria-hidden="true" />
            Show all
          </Button>
        </p>
      ) : null}
      {data === undefined && ledger.isError ? (
        <QueryError query={ledger} title="The ledger could not be loaded" />
      ) : data?.total === 0 ? (
        <EmptyState icon={ReceiptText} title="Nothing moved credits here" className="py-8">
          {isNarrowed || category !== null
            ? "Choose another category or window."
            : "Every grant, purchase, debit and refund will stand here, with the calls that it pays for."}
        </EmptyState>
      ) : (
        <>
          <LedgerTable
            page={data}
            isStale={ledger.isPlaceholderData}
            onOpen={(tx) => void setSearch({ tx })}
          />
          {data ? (
            <Pager
              page={data}
              hrefOf={(page) => addressWith(pageChange(page))}
              onPage={(page) => void setSearch(pageChange(page))}
            />
          ) : null}
        </>
      )}
      {search.tx === null ? null : (
        <Suspense fallback={null}>
          <TxDrawer tx={search.tx} onClose={() => void setSearch({ tx: null })} />
        </Suspense>
      )}
    </Card>
  );
}
