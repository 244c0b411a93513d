"use client";

import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext } from "react";
import { CardsSkeleton } from "#components/shell/cards-skeleton.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { PageBody } from "#components/shell/page-body.tsx";
import { PageHeaderSkeleton } from "#components/shell/page-header-skeleton.tsx";
import { PageNotFound } from "#components/shell/page-not-found.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Card } from "#components/ui/card.tsx";
import { ApiError } from "#lib/client/api-error.ts";
import { incidentQuery } from "#lib/client/queries/incidents.ts";
import type { IncidentDetail } from "#lib/contract/index.ts";

interface IncidentOfPage {
  org: string;
  incident: IncidentDetail;
  /** Names it in the address and to the API. */
  ref: string;
  mayWrite: boolean;
}

const IncidentContext = createContext<IncidentOfPage | null>(null);

/** Gives every part of an incident's pages the same incident, as it is now. `incident` is its number. */
export function IncidentProvider({ incident: ref, children }: { incident: string; children: ReactNode }) {
  const { slug: org, can } = useOrganization();
  const query = useQuery(incidentQuery(org, ref));
  if (query.data === undefined) {
    if (query.error instanceof ApiError && query.error.status === 404)
      return <PageNotFound href={`/${org}/incidents`} label="Go to the incidents" />;
    return (
      <>
        <PageHeaderSkeleton />
        <PageBody>
          {query.isError ? (
            <Card>
              <QueryError query={query} title="The incident could not be loaded" />
            </Card>
          ) : (
            <CardsSkeleton />
          )}
        </PageBody>
      </>
    );
  }
  const mayWrite = can("incidents:write") && query.data.status !== "merged";
  return <IncidentContext value={{ org, incident: query.data, ref, mayWrite }}>{children}</IncidentContext>;
}

export function useIncident(): IncidentOfPage {
  const found = useContext(IncidentContext);
  if (found === null) throw new Error("useIncident needs an IncidentProvider above it");
  return found;
}
