import type { Metadata } from "next";
import { createLoader } from "nuqs/server";
import { billingSearch } from "#components/billing/billing-search.ts";
import { BillingSettings } from "#components/billing/billing-settings.tsx";
import {
  creditGrantsQuery,
  creditSummaryQuery,
  LEDGER_PAGE,
  ledgerQuery,
  planQuery,
  reconciliationQuery,
  statementsQuery,
} from "#lib/client/queries/billing.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import {
  getCreditSummary,
  getReconciliation,
  listCreditGrants,
  listLedger,
  listStatements,
} from "#lib/domain/billing/index.ts";
import { getPlan } from "#lib/domain/plans/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Billing" };

const loadSearch = createLoader(billingSearch);

export default async function BillingPage({ params, searchParams }: PageProps<"/[org]/settings/billing">) {
  const { org } = await params;
  const ctx = await requireCtx(org);
  const { category, agent, from, to, page, asOf } = await loadSearch(searchParams);
  const view = { category, agent, from, to, page: Math.max(1, page), asOf };
  const asked = Object.fromEntries(Object.entries(view).filter(([, value]) => value !== null));
  const client = makeQueryClient();
  await Promise.all([
    prefetch(client, creditSummaryQuery(org), () => getCreditSummary(ctx, {})),
    prefetch(client, ledgerQuery(org, view), () => listLedger(ctx, { ...asked, pageSize: LEDGER_PAGE })),
    prefetch(client, planQuery(org), () => getPlan(ctx, {})),
    prefetch(client, reconciliationQuery(org), () => getReconciliation(ctx, {})),
    prefetch(client, creditGrantsQuery(org), () => listCreditGrants(ctx, {})),
    prefetch(client, statementsQuery(org), () => listStatements(ctx, {})),
  ]);
  return (
    <Hydrate client={client}>
      <BillingSettings />
    </Hydrate>
  );
}
