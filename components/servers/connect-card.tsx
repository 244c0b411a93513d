"use client";

import { ConnectTabs } from "#components/gateways/connect-tabs.tsx";
import { Card } from "#components/ui/card.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { useServer } from "./server-context.tsx";

/** Stands where a caller puts a key of its own. */
const KEY_PLACEHOLDER = "YOUR_KEY";

/** How to connect a real client, to copy. */
export function ConnectCard() {
  const server = useServer();
  const needsKey = server.gateway === null && server.directAccess === "key";
  return (
    <Card title="Connect">
      <ConnectTabs name={server.slug} url={server.mcpUrl} credential={needsKey ? KEY_PLACEHOLDER : null} />
      {server.status === "active" ? null : (
        <div className="px-4 pb-4">
          <Notice tone="warn">The server is not active, so calls are refused until it is.</Notice>
        </div>
      )}
    </Card>
  );
}
