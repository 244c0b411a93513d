"use client";

// What is this server called, who may call it, what does its code get, and how is it removed?

import dynamic from "next/dynamic";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { PageBody } from "#components/shell/page-body.tsx";
import { Card } from "#components/ui/card.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { AccessSettings } from "./access-settings.tsx";
import { CheckRowsSkeleton } from "./check-rows-skeleton.tsx";
import { DangerZone } from "./danger-zone.tsx";
import { EnvironmentSettings } from "./environment-settings.tsx";
import { GeneralServerSettings } from "./general-server-settings.tsx";
import { useServer } from "./server-context.tsx";
import { ServerKeys } from "./server-keys.tsx";
import { UpstreamHeaderSettings } from "./upstream-header-settings.tsx";

const ReleasePolicySettings = dynamic(
  () => import("./release-policy-settings.tsx").then((module) => module.ReleasePolicySettings),
  {
    ssr: false,
    loading: () => (
      <Card id="release-policy" title="Release policy">
        <CheckRowsSkeleton rows={12} />
      </Card>
    ),
  },
);

export function ServerSettings() {
  const { can } = useOrganization();
  const server = useServer();
  const readOnly = !can("servers:write");
  return (
    <PageBody narrow>
      {readOnly ? (
        <Notice>Your role can read these settings. Changing them needs the role developer or higher.</Notice>
      ) : null}
      <GeneralServerSettings key={`general-${server.updatedAt}`} readOnly={readOnly} />
      <AccessSettings readOnly={readOnly} />
      <ServerKeys />
      <ReleasePolicySettings readOnly={readOnly} />
      {server.kind === "hosted" ? (
        <EnvironmentSettings readOnly={readOnly} />
      ) : (
        <UpstreamHeaderSettings readOnly={readOnly} />
      )}
      {readOnly ? null : <DangerZone />}
    </PageBody>
  );
}
