"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus, Server as ServerIcon, Shield } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { parseAsBoolean, useQueryState } from "nuqs";
import { AttachedServerStatus } from "#components/gateways/attached-server-status.tsx";
import { ServerUrl } from "#components/servers/server-url.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCount } from "#components/ui/numbers.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { agentServersQuery } from "#lib/client/queries/agents.ts";
import type { AgentServer } from "#lib/contract/index.ts";
import { useAgent } from "./agent-context.tsx";
import { DetachServerButton } from "./detach-server-button.tsx";

const AttachServerDialog = dynamic(
  () => import("./attach-server-dialog.tsx").then((module) => module.AttachServerDialog),
  { ssr: false },
);

const ROWS_OF_SKELETON = ["a", "b"];

/** The servers that the agent may call, and by which URL. */
export function AttachedServersCard() {
  const { org, agent, mayWrite } = useAgent();
  const servers = useQuery(agentServersQuery(org, agent.id));
  const [attaching, setAttaching] = useQueryState("attach", parseAsBoolean.withDefault(false));
  const attach = mayWrite ? (
    <Button size="sm" variant="primary" onClick={() => void setAttaching(true)}>
      <Plus aria-hidden="true" />
      Attach server
    </Button>
  ) : null;
  return (
    <>
      <StaleNotice query={servers} />
      <Card
        title="Attached servers"
        aside={servers.data ? <span className="text-faint">{formatCount(servers.data.length)}</span> : null}
        actions={attach}
      >
        {servers.data === undefined && servers.isError ? (
          <QueryError query={servers} title="The servers could not be loaded" />
        ) : servers.data?.length === 0 ? (
          <EmptyState icon={ServerIcon} title="No server yet" action={attach}>
            An agent calls only what is attached to it: through the server's gateway where there is one, else
            at its direct URL.
          </EmptyState>
        ) : (
          <Table label="Attached servers" aria-busy={servers.data === undefined}>
            <TableHead>
              <TableRow>
                <TableHeader>Server</TableHeader>
                <TableHeader className="hidden md:table-cell">Way in</TableHeader>
                <TableHeader className="hidden sm:table-cell">URL</TableHeader>
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
        )}
      </Card>
      {attaching && mayWrite ? <AttachServerDialog onClose={() => void setAttaching(null)} /> : null}
    </>
  );
}

function ServerRow({ org, server, mayWrite }: { org: string; server: AgentServer; mayWrite: boolean }) {
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
        <span className="mt-1.5 grid gap-1.5 sm:hidden">
          <WayIn org={org} gateway={server.gateway} />
          <ServerUrl url={server.url} className="w-fit" />
        </span>
      </TableCell>
      <TableCell className="hidden max-w-44 md:table-cell">
        <WayIn org={org} gateway={server.gateway} />
      </TableCell>
      <TableCell className="hidden max-w-0 sm:table-cell lg:w-1/2">
        <ServerUrl url={server.url} />
      </TableCell>
      <TableCell className="w-px text-right align-top sm:align-middle">
        {mayWrite ? <DetachServerButton server={server} /> : null}
      </TableCell>
    </TableRow>
  );
}

const WayIn = ({ org, gateway }: { org: string; gateway: AgentServer["gateway"] }) =>
  gateway === null ? (
    <span className="text-muted">direct URL</span>
  ) : (
    <Link
      href={`/${org}/gateways/${gateway.id}`}
      className="inline-flex min-w-0 max-w-full items-center gap-1.5 rounded-sm text-gateway hover:underline"
    >
      <Shield aria-hidden="true" className="size-3.5 shrink-0" />
      <span className="truncate">{gateway.name}</span>
    </Link>
  );
