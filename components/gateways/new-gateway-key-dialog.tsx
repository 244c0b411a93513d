"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { NewKeyDialog } from "#components/access-keys/new-key-dialog.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Select } from "#components/ui/select.tsx";
import { createGatewayKey, gatewayKey, grantsQuery } from "#lib/client/queries/gateways.ts";
import type { CreatedAccessKey } from "#lib/contract/index.ts";
import { ConnectTabs } from "./connect-tabs.tsx";
import { useGateway } from "./gateway-context.tsx";

/** Makes a key of the gateway, and shows commands that use it. */
export function NewGatewayKeyDialog({ onClose }: { onClose: () => void }) {
  const { org, gateway } = useGateway();
  return (
    <NewKeyDialog
      create={(input) => createGatewayKey(org, gateway.id, input)}
      mayEmbed
      queryKey={gatewayKey(org, gateway.id)}
      onClose={onClose}
      usage={(created) => <KeyUsage created={created} />}
    />
  );
}

function KeyUsage({ created }: { created: CreatedAccessKey }) {
  const { gateway } = useGateway();
  const [slug, setSlug] = useState<string | null>(null);
  const server = gateway.servers.find((candidate) => candidate.serverSlug === slug) ?? gateway.servers[0];
  return (
    <>
      <NoGrantNotice keyId={created.id} />
      {server ? (
        <div className="min-w-0 rounded-md border">
          <div className="flex flex-wrap items-center gap-2 border-b px-4 py-1.5">
            <p className="font-medium">Ready to use</p>
            {gateway.servers.length > 1 ? (
              <Select
                aria-label="Server"
                value={server.serverSlug}
                onChange={(event) => setSlug(event.target.value)}
                className="ml-auto max-w-52 text-xs"
              >
                {gateway.servers.map((candidate) => (
                  <option key={candidate.serverId} value={candidate.serverSlug}>
                    {candidate.serverName}
                  </option>
                ))}
              </Select>
            ) : (
              <span className="ml-auto truncate text-faint text-xs">{server.serverName}</span>
            )}
          </div>
          <ConnectTabs name={server.serverSlug} url={server.url} credential={created.secret} />
        </div>
      ) : (
        <p className="text-muted text-sm">Attach a server, and the key has something to open.</p>
      )}
    </>
  );
}

/** A key that no grant covers gets in and may call nothing; that is said where the key is made. */
function NoGrantNotice({ keyId }: { keyId: string }) {
  const { org, gateway } = useGateway();
  const grants = useQuery(grantsQuery(org, gateway.id));
  const isCovered = grants.data?.some(
    ({ subject }) => subject.kind === "everyone" || (subject.kind === "key" && subject.keyId === keyId),
  );
  if (isCovered !== false) return null;
  return <Notice tone="warn">No grant covers this key yet: it gets in, and every call is denied.</Notice>;
}
