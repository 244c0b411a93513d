import type { Metadata } from "next";
import { AlertsSettings } from "#components/alerts/alerts-settings.tsx";
import { alertChannelsQuery, alertRulesQuery, alertsQuery } from "#lib/client/queries/alerts.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { listAlertChannels, listAlertRules, listAlerts } from "#lib/domain/alerts/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Alerts" };

export default async function AlertsPage({ params }: PageProps<"/[org]/settings/alerts">) {
  const { org } = await params;
  const ctx = await requireCtx(org);
  const client = makeQueryClient();
  await Promise.all([
    prefetch(client, alertChannelsQuery(org), () => listAlertChannels(ctx, {})),
    prefetch(client, alertRulesQuery(org), () => listAlertRules(ctx, {})),
    prefetch(client, alertsQuery(org, 1, null), () => listAlerts(ctx, {})),
  ]);
  return (
    <Hydrate client={client}>
      <AlertsSettings />
    </Hydrate>
  );
}
