"use client";

import { useQuery } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";
import Link from "next/link";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { checkHistoryQuery } from "#lib/client/queries/hosting.ts";
import { CheckRow } from "./check-row.tsx";
import { CheckRowsSkeleton } from "./check-rows-skeleton.tsx";
import { useServer } from "./server-context.tsx";

/** The newest checks of a server; Hosting has all of them and runs more. */
export function ChecksCard({ rowsMax }: { rowsMax: number }) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const checks = useQuery(checkHistoryQuery(org, server.slug));
  return (
    <Card
      title="Checks"
      actions={
        <Button asChild size="sm" variant="ghost">
          <Link href={`/${org}/servers/${server.slug}/hosting#checks`}>View all</Link>
        </Button>
      }
    >
      {checks.data === undefined ? (
        checks.isError ? (
          <QueryError query={checks} title="The checks could not be loaded" />
        ) : (
          <CheckRowsSkeleton />
        )
      ) : checks.data.length === 0 ? (
        <EmptyState icon={FlaskConical} title="Never checked" className="py-8">
          A smoke test opens a real MCP session and lists the tools. It runs on every publish, and whenever
          you ask.
        </EmptyState>
      ) : (
        <ul className="divide-y" aria-label="Check history">
          {checks.data.slice(0, rowsMax).map((check) => (
            <CheckRow key={check.id} check={check} />
          ))}
        </ul>
      )}
    </Card>
  );
}
