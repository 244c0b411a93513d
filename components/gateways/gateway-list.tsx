"use client";

// Who can get in, and who is being turned away?

import { useQuery } from "@tanstack/react-query";
import { Plus, Search, SearchX, Shield } from "lucide-react";
import Link from "next/link";
import { parseAsString, useQueryState } from "nuqs";
import { useRef } from "react";
import { useCommand } from "#components/shell/commands.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { PageBody } from "#components/shell/page-body.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { useRowKeys } from "#components/shell/use-row-keys.ts";
import { WhyReadOnly } from "#components/shell/why-read-only.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCounted } from "#components/ui/numbers.ts";
import { SearchInput } from "#components/ui/search-input.tsx";
import { gatewaysQuery } from "#lib/client/queries/gateways.ts";
import { GatewayTable, GatewayTableSkeleton } from "./gateway-table.tsx";

export function GatewayList() {
  const { slug: org, can } = useOrganization();
  const gateways = useQuery(gatewaysQuery(org));
  const [text, setText] = useQueryState("q", parseAsString.withDefault(""));
  const filter = useRef<HTMLInputElement>(null);
  const table = useRef<HTMLDivElement>(null);
  useCommand({
    id: "gateways.filter",
    label: "Filter gateways",
    group: "Actions",
    icon: Search,
    keys: "/",
    run: () => filter.current?.focus(),
  });
  useRowKeys(table);
  const wanted = text.trim().toLowerCase();
  const shown = (gateways.data ?? []).filter((gateway) =>
    [gateway.name, gateway.id, ...gateway.servers.flatMap((server) => [server.serverSlug, server.publicId])]
      .join(" ")
      .toLowerCase()
      .includes(wanted),
  );
  const create = can("gateways:write") ? (
    <Button asChild variant="primary">
      <Link href={`/${org}/gateways/new`}>
        <Plus aria-hidden="true" />
        New gateway
      </Link>
    </Button>
  ) : null;
  return (
    <>
      <PageHeader title="Gateways" actions={create ?? <WhyReadOnly changing="gateways" />} />
      <PageBody>
        <StaleNotice query={gateways} />
        {gateways.data?.length === 0 ? (
          <Card>
            <EmptyState icon={Shield} title="No gateways yet" action={create}>
              A gateway stands before servers: it decides who gets in and which tools they may call, and keeps
              every decision with its reason.
            </EmptyState>
            <div className="mx-auto grid max-w-md gap-1.5 px-6 pb-8">
              <p className="text-center text-faint text-xs">In a terminal or a pipeline</p>
              <CodeBlock label="command" code="mcpstack gateways list" />
            </div>
          </Card>
        ) : (
          <>
            <div className="flex flex-wrap items-center gap-2">
              <SearchInput
                ref={filter}
                aria-label="Filter gateways"
                value={text}
                onChange={(event) => void setText(event.target.value || null)}
                placeholder="Name, id, server or public id"
                className="min-w-44 flex-1 sm:max-w-xs"
              />
              {gateways.data ? (
                <span className="ml-auto text-faint text-xs" role="status">
                  {shown.length === gateways.data.length
                    ? formatCounted(shown.length, "gateway")
                    : `${shown.length} of ${formatCounted(gateways.data.length, "gateway")}`}
                </span>
              ) : null}
            </div>
            <Card>
              <div ref={table}>
                {gateways.data === undefined ? (
                  gateways.isError ? (
                    <QueryError query={gateways} title="The gateways could not be loaded" />
                  ) : (
                    <GatewayTableSkeleton />
                  )
                ) : shown.length === 0 ? (
                  <EmptyState
                    icon={SearchX}
                    title="No gateway matches"
                    action={<Button onClick={() => void setText(null)}>Show all gateways</Button>}
                  />
                ) : (
                  <GatewayTable org={org} gateways={shown} />
                )}
              </div>
            </Card>
          </>
        )}
      </PageBody>
    </>
  );
}
