import type { Metadata } from "next";
import { IncidentCompareTab } from "#components/window-compare/incident-compare-tab.tsx";

export const metadata: Metadata = { title: "Compare" };

export default function IncidentComparePage() {
  return <IncidentCompareTab />;
}
