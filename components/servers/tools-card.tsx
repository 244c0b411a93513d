"use client";

import { useQuery } from "@tanstack/react-query";
import { Wrench } from "lucide-react";
import Link from "next/link";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCount } from "#components/ui/numbers.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { toolsQuery } from "#lib/client/queries/servers.ts";
import { useServer } from "./server-context.tsx";

const TOOLS_SHOWN_MAX = 8;
const ROWS_OF_SKELETON = ["a", "b", "c", "d", "e"];

/** The tools that the last passed smoke saw, the first few. */
export function ToolsCard() {
  const { slug: org } = useOrganization();
  const server = useServer();
  const tools = useQuery(toolsQuery(org, server.slug));
  const href = `/${org}/servers/${server.slug}/tools`;
  const count = tools.data?.tools.length ?? 0;
  return (
    <Card
      title="Tools"
      aside={count > 0 ? <span className="text-faint">{formatCount(count)}</span> : null}
      actions={
        count > 0 ? (
          <Button asChild size="sm" variant="ghost">
            <Link href={href}>View all</Link>
          </Button>
        ) : null
      }
    >
      {tools.data === undefined ? (
        tools.isError ? (
          <QueryError query={tools} title="The tools could not be loaded" />
        ) : (
          <ul className="divide-y" aria-busy="true">
            {ROWS_OF_SKELETON.map((row) => (
              <li key={row} className="flex h-9 items-center px-4">
                <Skeleton className="w-1/2" />
              </li>
            ))}
          </ul>
        )
      ) : count === 0 ? (
        <EmptyState icon={Wrench} title="No tools known" className="py-8">
          {tools.data.asOf === null
            ? "The tools are known after the first smoke test that passed."
            : "The last smoke test passed, and the server listed no tools."}
        </EmptyState>
      ) : (
        <ul className="divide-y">
          {tools.data.tools.slice(0, TOOLS_SHOWN_MAX).map((tool) => (
            <li key={tool.name} className="relative flex h-9 items-center gap-3 px-4 hover:bg-raised/60">
              <Link
                href={`${href}?tool=${encodeURIComponent(tool.name)}`}
                className="shrink-0 rounded-sm font-mono text-xs after:absolute after:inset-0"
              >
                {tool.name}
              </Link>
              <span className="min-w-0 truncate text-muted">{tool.description ?? tool.title}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
