"use client";

// Is it serving, where, which version, since when? And what was done to it?

import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { PageBody } from "#components/shell/page-body.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { deploymentQuery } from "#lib/client/queries/deployments.ts";
import { ActivityStrip } from "./activity-strip.tsx";
import { ChecksCard } from "./checks-card.tsx";
import { DeploymentCard } from "./deployment-card.tsx";
import { OperationsCard } from "./operations-card.tsx";
import { RuntimeCard } from "./runtime-card.tsx";
import { useServer } from "./server-context.tsx";
import { VersionsCard } from "./versions-card.tsx";

const CHECKS_SHOWN_MAX = 15;

export function ServerHosting() {
  const { slug: org } = useOrganization();
  const server = useServer();
  const deployment = useQuery(deploymentQuery(org, server.slug));
  return (
    <PageBody>
      <StaleNotice query={deployment} />
      <ActivityStrip />
      <div className="grid items-start gap-3.5 xl:grid-cols-[minmax(0,1.35fr)_minmax(0,1fr)]">
        <div className="grid min-w-0 gap-3.5">
          <DeploymentCard />
          {server.kind === "hosted" ? (
            <>
              <RuntimeCard />
              <VersionsCard />
            </>
          ) : null}
        </div>
        <div className="grid min-w-0 gap-3.5">
          <OperationsCard />
          <ChecksCard rowsMax={CHECKS_SHOWN_MAX} runnable />
        </div>
      </div>
    </PageBody>
  );
}
