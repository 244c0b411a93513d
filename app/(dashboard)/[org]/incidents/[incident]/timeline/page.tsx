import type { Metadata } from "next";
import { IncidentTimelineTab } from "#components/incident-timeline/incident-timeline-tab.tsx";

export const metadata: Metadata = { title: "Timeline" };

export default function IncidentTimelinePage() {
  return <IncidentTimelineTab />;
}
