"use client";

// Is it serving, where, which version, since when? And what was done to it?

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { PageBody } from "#components/shell/page-body.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { Card } from "#components/ui/card.tsx";
import { deploymentQuery } from "#lib/client/queries/deployments.ts";
import { ActivityStrip } from "./activity-strip.tsx";
import { CheckRowsSkeleton } from "./check-row.tsx";
import { DeploymentCard } from "./deployment-card.tsx";
import { OperationsCard } from "./operations-card.tsx";
import { RegionsCard } from "./regions-card.tsx";
import { RuntimeCard } from "./runtime-card.tsx";
import { useServer } from "./server-context.tsx";
import { VersionsCard } from "./versions-card.tsx";

// Below the fold: they arrive after the page can be used.
const HostingChecksCard = dynamic(
  () => import("./hosting-checks-card.tsx").then((module) => module.HostingChecksCard),
  { ssr: false, loading: () => <LaterCard title="Checks" rows={6} /> },
);
const PlanCapsCard = dynamic(() => import("./plan-caps-card.tsx").then((module) => module.PlanCapsCard), {
  ssr: false,
  loading: () => <LaterCard title="Plan caps" rows={3} />,
});

export function ServerHosting() {
  const { slug: org } = useOrganization();
  const server = useServer();
  const deployment = useQuery(deploymentQuery(org, server.slug));
  const isHosted = server.kind === "hosted";
  return (
    <PageBody>
      <StaleNotice query={deployment} />
      <ActivityStrip />
      <div className="grid items-start gap-3.5 xl:grid-cols-[minmax(0,1.35fr)_minmax(0,1fr)]">
        <div className="grid min-w-0 gap-3.5">
          <DeploymentCard />
          <RegionsCard />
          {isHosted ? <RuntimeCard /> : null}
          {isHosted ? <VersionsCard /> : null}
          <PlanCapsCard />
        </div>
        <div className="grid min-w-0 gap-3.5">
          <OperationsCard />
          <HostingChecksCard />
        </div>
      </div>
    </PageBody>
  );
}

function LaterCard({ title, rows }: { title: string; rows: number }) {
  return (
    <Card title={title}>
      <CheckRowsSkeleton rows={rows} />
    </Card>
  );
}
