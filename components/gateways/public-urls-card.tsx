"use client";

import { Link2 } from "lucide-react";
import Link from "next/link";
import { ServerUrl } from "#components/servers/server-url.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import type { Attachment } from "#lib/contract/index.ts";
import { AttachedServerStatus } from "./attached-server-status.tsx";
import { useGateway } from "./gateway-context.tsx";

const SHOWN_MAX = 6;

/** The address of each server behind the gateway, and of the document that tells OAuth clients where to sign in. */
export function PublicUrlsCard() {
  const { org, gateway, mayWrite } = useGateway();
  const base = `/${org}/gateways/${gateway.id}`;
  const hidden = gateway.servers.length - SHOWN_MAX;
  return (
    <Card
      title="Public URLs"
      actions={
        hidden > 0 ? (
          <Button asChild size="sm" variant="ghost">
            <Link href={`${base}/servers`}>{`${hidden} more`}</Link>
          </Button>
        ) : null
      }
    >
      {gateway.servers.length === 0 ? (
        <EmptyState
          icon={Link2}
          title="No server yet"
          className="py-8"
          action={
            mayWrite ? (
              <Button asChild variant="primary">
                <Link href={`${base}/servers?attach=true`}>Attach a server</Link>
              </Button>
            ) : null
          }
        >
          A server that is attached gets a public URL of its own here, and its direct URL closes.
        </EmptyState>
      ) : (
        <ul className="divide-y">
          {gateway.servers.slice(0, SHOWN_MAX).map((server) => (
            <PublicUrl key={server.serverId} org={org} server={server} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function PublicUrl({ org, server }: { org: string; server: Attachment }) {
  return (
    <li className="grid min-w-0 grid-cols-1 gap-1.5 px-4 py-2.5">
      <div className="flex min-w-0 items-center gap-2">
        <Link
          href={`/${org}/servers/${server.serverSlug}`}
          className="min-w-0 truncate rounded-sm font-medium hover:underline"
        >
          {server.serverName}
        </Link>
        <AttachedServerStatus status={server.serverStatus} />
      </div>
      <ServerUrl url={server.url} className="w-fit" />
      {server.metadataUrl === null ? null : (
        <div className="flex min-w-0 items-center text-faint text-xs">
          <span className="min-w-0 truncate" title={server.metadataUrl}>
            Metadata <span className="font-mono">{server.metadataUrl}</span>
          </span>
          <CopyButton value={server.metadataUrl} label="Copy metadata URL" className="size-6" />
        </div>
      )}
    </li>
  );
}
