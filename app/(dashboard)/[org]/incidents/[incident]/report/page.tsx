import type { Metadata } from "next";
import { IncidentReportTab } from "#components/incident-report/incident-report-tab.tsx";

export const metadata: Metadata = { title: "Report" };

export default function IncidentReportPage() {
  return <IncidentReportTab />;
}
