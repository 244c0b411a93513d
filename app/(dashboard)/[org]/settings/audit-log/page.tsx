import type { Metadata } from "next";
import { createLoader, parseAsInteger, parseAsString } from "nuqs/server";
import { AuditLog } from "#components/organizations/audit-log.tsx";
import { auditLogQuery } from "#lib/client/queries/organizations.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { listAuditLog } from "#lib/domain/audit/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Audit log" };

const loadView = createLoader({ page: parseAsInteger.withDefault(1), asOf: parseAsString });

export default async function AuditLogPage({ params, searchParams }: PageProps<"/[org]/settings/audit-log">) {
  const { org } = await params;
  const ctx = await requireCtx(org);
  const view = await loadView(searchParams);
  const page = Math.max(1, view.page);
  const client = makeQueryClient();
  await prefetch(client, auditLogQuery(org, page, view.asOf), () =>
    listAuditLog(ctx, { page, ...(view.asOf ? { asOf: view.asOf } : {}) }),
  );
  return (
    <Hydrate client={client}>
      <AuditLog />
    </Hydrate>
  );
}
