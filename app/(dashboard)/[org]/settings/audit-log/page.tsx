import type { Metadata } from "next";
import { AuditLog } from "#components/organizations/audit-log.tsx";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Audit log" };

export default async function AuditLogPage({ params }: PageProps<"/[org]/settings/audit-log">) {
  await requireCtx((await params).org);
  return <AuditLog />;
}
