import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { SharedReportPage } from "#components/incident-report/shared-report-page.tsx";
import { getSharedReport } from "#lib/domain/incidents/index.ts";
import { getSystem } from "#lib/http/system.ts";
import { DomainError } from "#lib/kernel/errors.ts";

export const metadata: Metadata = {
  title: "Incident report",
  referrer: "no-referrer",
  robots: { index: false, follow: false, nocache: true },
};

/** No session is asked for: the link is the permission. One that ended, was revoked or never was is the same "not found". */
export default async function SharedPage({ params }: PageProps<"/shared/[token]">) {
  const { token } = await params;
  const { report, expiresAt } = await getSharedReport(getSystem(), token).catch((error: unknown) => {
    if (error instanceof DomainError && error.code === "not_found") notFound();
    throw error;
  });
  return <SharedReportPage shared={{ report, expiresAt }} />;
}
