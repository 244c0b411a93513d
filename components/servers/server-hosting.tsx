"use client";

// Is it serving, where, which version, since when? And what was done to it?

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import type { ReactNode } from "react";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { PageBody } from "#components/shell/page-body.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { Card } from "#components/ui/card.tsx";
import { cn } from "#components/ui/class-names.ts";
import { deploymentQuery } from "#lib/client/queries/deployments.ts";
import { ActivityStrip } from "./activity-strip.tsx";
import { CheckRowsSkeleton } from "./check-rows-skeleton.tsx";
import { DeploymentCard } from "./deployment-card.tsx";
import { OperationsCard } from "./operations-card.tsx";
import { useServer } from "./server-context.tsx";

// Beside what the page is opened for: they arrive after the first load, in the browser only. Markup of the server would
// show buttons that do not work yet, and state that has moved on by the time the code is here.
const HostingChecksCard = dynamic(
  () => import("./hosting-checks-card.tsx").then((module) => module.HostingChecksCard),
  { ssr: false, loading: () => <LaterCard id="checks" title="Checks" rows={6} /> },
);
const RegionsCard = dynamic(() => import("./regions-card.tsx").then((module) => module.RegionsCard), {
  ssr: false,
  loading: () => <LaterCard title="Regions" rows={2} />,
});
const RuntimeCard = dynamic(() => import("./runtime-card.tsx").then((module) => module.RuntimeCard), {
  ssr: false,
  loading: () => <LaterCard title="Runtime" rows={2} />,
});
const VersionsCard = dynamic(() => import("./versions-card.tsx").then((module) => module.VersionsCard), {
  ssr: false,
  loading: () => <LaterCard title="Versions" rows={4} />,
});
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
        <Column>
          <Place order="order-1">
            <DeploymentCard />
          </Place>
          <Place order="order-3">
            <RegionsCard />
          </Place>
          {isHosted ? (
            <>
              <Place order="order-5">
                <RuntimeCard />
              </Place>
              <Place order="order-6">
                <VersionsCard />
              </Place>
            </>
          ) : null}
          <Place order="order-7">
            <PlanCapsCard />
          </Place>
        </Column>
        <Column>
          <Place order="order-2">
            <OperationsCard />
          </Place>
          <Place order="order-4">
            <HostingChecksCard />
          </Place>
        </Column>
      </div>
    </PageBody>
  );
}

/** Beside another one where there is room; else its cards mix with the other's in the order of `Place`. */
function Column({ children }: { children: ReactNode }) {
  return <div className="contents xl:grid xl:min-w-0 xl:gap-3.5">{children}</div>;
}

function Place({ order, children }: { order: string; children: ReactNode }) {
  return <div className={cn("min-w-0 xl:order-none", order)}>{children}</div>;
}

function LaterCard({ id, title, rows }: { id?: string; title: string; rows: number }) {
  return (
    <Card title={title} {...(id ? { id } : {})}>
      <CheckRowsSkeleton rows={rows} />
    </Card>
  );
}
