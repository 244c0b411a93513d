"use client";

import { useOrganization } from "#components/shell/organization-context.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { TabLinks } from "#components/shell/tab-links.tsx";
import { SETTINGS_TABS } from "./settings-tabs.ts";

/** The head of every settings page. */
export function SettingsHeader() {
  const { slug: org, can } = useOrganization();
  return (
    <PageHeader title="Settings">
      <TabLinks
        label="Settings"
        tabs={SETTINGS_TABS.filter((tab) => tab.scope === undefined || can(tab.scope)).map((tab) => ({
          label: tab.label,
          href: `/${org}/settings${tab.path}`,
        }))}
      />
    </PageHeader>
  );
}
