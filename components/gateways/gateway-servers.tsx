"use client";

// Which servers are behind this gateway, at which URLs, and what happens when that changes?

import { useQuery } from "@tanstack/react-query";
import { Plus, Server as ServerIcon } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { parseAsBoolean, useQueryState } from "nuqs";
import { useRef } from "react";
import { ServerUrl } from "#components/servers/server-url.tsx";
import { PageBody } from "#components/shell/page-body.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { useRowKeys } from "#components/shell/use-row-keys.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCount } from "#components/ui/numbers.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { attachmentsQuery } from "#lib/client/queries/gateways.ts";
import type { Attachment } from "#lib/contract/index.ts";
import { AttachedServerStatus } from "./attached-server-status.tsx";
import { DetachButton } from "./detach-button.tsx";
import { useGateway } from "./gateway-context.tsx";

const AttachDialog = dynamic(() => import("./attach-dialog.tsx").then((module) => module.AttachDialog), {
  ssr: false,
});

const ROWS_OF_SKELETON = ["a", "b"];

export function GatewayServers() {
  const { org, gateway, mayWrite } = useGateway();
  const servers = useQuery(attachmentsQuery(org, gateway.id));
  const [attaching, setAttaching] = useQueryState("attach", parseAsBoolean.withDefault(false));
  const table = useRef<HTMLDivElement>(null);
  useRowKeys(table);
  const attach = mayWrite ? (
    <Button size="sm" variant="primary" onClick={() => void setAttaching(true)}>
      <Plus aria-hidden="true" />
      Attach server
    </Button>
  ) : null;
  return (
    <PageBody>
      <StaleNotice query={servers} />
      <Card
        title="Servers behind this gateway"
        aside={servers.data ? <span className="text-faint">{formatCount(servers.data.length)}</span> : null}
        actions={attach}
      >
        {servers.data === undefined && servers.isError ? (
          <QueryError query={servers} title="The servers could not be loaded" />
        ) : servers.data?.length === 0 ? (
          <EmptyState icon={ServerIcon} title="No server yet" action={attach}>
            Attach a server to give it a public URL that only this gateway's callers can use. Its direct URL
            closes, and opens again when you detach it.
          </EmptyState>
        ) : (
          <div ref={table}>
            <Table label="Servers behind this gateway" aria-busy={servers.data === undefined}>
              <TableHead>
                <TableRow>
                  <TableHeader>Server</TableHeader>
                  <TableHeader className="hidden sm:table-cell">Public URL</TableHeader>
                  <TableHeader className="hidden lg:table-cell">Attached</TableHeader>
                  <TableHeader>
                    <span className="sr-only">Actions</span>
                  </TableHeader>
                </TableRow>
              </TableHead>
              <TableBody>
                {servers.data === undefined
                  ? ROWS_OF_SKELETON.map((row) => (
                      <TableRow key={row}>
                        <TableCell colSpan={4} className="h-13">
                          <Skeleton className="w-1/2" />
                        </TableCell>
                      </TableRow>
                    ))
                  : servers.data.map((server) => (
                      <ServerRow key={server.serverId} org={org} server={server} mayWrite={mayWrite} />
                    ))}
              </TableBody>
            </Table>
          </div>
        )}
      </Card>
      {attaching && mayWrite ? <AttachDialog onClose={() => void setAttaching(null)} /> : null}
    </PageBody>
  );
}

function ServerRow({ org, server, mayWrite }: { org: string; server: Attachment; mayWrite: boolean }) {
  return (
    <TableRow>
      <TableCell className="h-13 max-w-0 align-top sm:max-w-56 sm:align-middle">
        <span className="flex min-w-0 items-center gap-2">
          <Link
            data-row
            href={`/${org}/servers/${server.serverSlug}`}
            className="min-w-0 truncate rounded-sm font-medium hover:underline"
          >
            {server.serverName}
          </Link>
          <AttachedServerStatus status={server.serverStatus} />
        </span>
        <span className="block truncate font-mono text-faint text-xs">{server.serverSlug}</span>
        <ServerUrl url={server.url} className="mt-1.5 sm:hidden" />
      </TableCell>
      <TableCell className="hidden max-w-0 sm:table-cell lg:w-1/2">
        <ServerUrl url={server.url} />
      </TableCell>
      <TableCell className="hidden text-muted lg:table-cell">
        <Time value={server.attachedAt} display="date" />
      </TableCell>
      <TableCell className="w-px text-right align-top sm:align-middle">
        {mayWrite ? <DetachButton server={server} /> : null}
      </TableCell>
    </TableRow>
  );
}
