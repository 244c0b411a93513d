"use client";

import { parseAsString, useQueryState } from "nuqs";
import { useState } from "react";
import { Card } from "#components/ui/card.tsx";
import { SegmentedControl } from "#components/ui/segmented-control.tsx";
import { Select } from "#components/ui/select.tsx";
import type { AccessMethod, Gateway } from "#lib/contract/index.ts";
import { ACCESS_METHOD_LOOK } from "./access-methods.ts";
import { ConnectTabs } from "./connect-tabs.tsx";
import { useGateway } from "./gateway-context.tsx";

/** What stands for a key until there is one. */
const KEY_PLACEHOLDER = "YOUR_KEY";

/** How a real client connects to a server through this gateway, to copy. */
export function GatewayConnectCard() {
  const { gateway } = useGateway();
  const [slug, setSlug] = useQueryState("server", parseAsString);
  const [chosen, setChosen] = useState<AccessMethod | null>(null);
  const server = gateway.servers.find((candidate) => candidate.serverSlug === slug) ?? gateway.servers[0];
  if (server === undefined) return null;
  const method = chosen !== null && gateway.access.includes(chosen) ? chosen : preferred(gateway);
  return (
    <Card
      title="Connect"
      actions={
        gateway.servers.length > 1 ? (
          <Select
            aria-label="Server"
            value={server.serverSlug}
            onChange={(event) => void setSlug(event.target.value)}
            className="max-w-44 text-xs"
          >
            {gateway.servers.map((candidate) => (
              <option key={candidate.serverId} value={candidate.serverSlug}>
                {candidate.serverName}
              </option>
            ))}
          </Select>
        ) : null
      }
    >
      <div className="grid gap-2 border-b px-4 py-2.5">
        {gateway.access.length > 1 ? (
          <SegmentedControl
            label="Way in"
            value={method}
            onChange={setChosen}
            className="w-fit"
            options={gateway.access.map((value) => ({ value, label: ACCESS_METHOD_LOOK[value].label }))}
          />
        ) : null}
        <p className="text-muted text-xs">{hintOf(method, gateway)}</p>
      </div>
      <ConnectTabs
        name={server.serverSlug}
        url={server.url}
        credential={method === "key" ? KEY_PLACEHOLDER : null}
      />
    </Card>
  );
}

/** A key needs the most said about it, so it comes first. */
const preferred = ({ access }: Gateway): AccessMethod =>
  (["key", "oauth", "public"] as const).find((method) => access.includes(method)) ?? "public";

function hintOf(method: AccessMethod, gateway: Gateway): string {
  if (method === "key") return `Put a key of this gateway where ${KEY_PLACEHOLDER} stands; Keys makes one.`;
  if (method === "oauth") {
    const issuer = gateway.authorizationServerUrl ?? "the authorization server";
    return `The client finds ${issuer} by itself and opens a browser to sign in.`;
  }
  return "No credential is needed.";
}
