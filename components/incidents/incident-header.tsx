"use client";

import { Clock, FileText, Footprints, GitCompare } from "lucide-react";
import { NavigationCommand } from "#components/shell/navigation-command.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { TabLinks } from "#components/shell/tab-links.tsx";
import { useIncident } from "./incident-context.tsx";
import { IncidentControls } from "./incident-controls.tsx";
import { IncidentFacts } from "./incident-facts.tsx";
import { IncidentStatusPill } from "./incident-status-pill.tsx";
import { incidentHref } from "./incident-text.ts";
import { IncidentTitle } from "./incident-title.tsx";

/** The head of every page of an incident: what it is, how it stands, whose it is, and its tabs. */
export function IncidentHeader() {
  const { org, incident } = useIncident();
  const at = (tab = "") => incidentHref(org, incident.number, tab);
  const pages = [
    { label: "Walkthrough", href: at(), icon: Footprints, keys: "g w" },
    { label: "Timeline", href: at("/timeline"), icon: Clock, keys: "g t" },
    { label: "Compare", href: at("/compare"), icon: GitCompare, keys: "g c" },
    { label: "Report", href: at("/report"), icon: FileText, keys: "g r" },
  ];
  return (
    <>
      <PageHeader
        crumbs={[{ label: "Incidents", href: `/${org}/incidents` }]}
        title={<IncidentTitle />}
        aside={<IncidentStatusPill status={incident.status} />}
        actions={<IncidentControls />}
      >
        <IncidentFacts />
        <TabLinks label="Incident" tabs={pages} />
      </PageHeader>
      {pages.map((page) => (
        <NavigationCommand key={page.href} item={page} group="This incident" />
      ))}
    </>
  );
}
