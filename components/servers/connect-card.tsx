"use client";

import Link from "next/link";
import { ConnectTabs } from "#components/gateways/connect-tabs.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { useServer } from "./server-context.tsx";

/** Stands where a caller puts a key of its own. */
const KEY_PLACEHOLDER = "YOUR_KEY";

/** How to connect a real client, to copy. */
export function ConnectCard() {
  const { slug: org } = useOrganization();
  const server = useServer();
  const needsKey = server.gateway === null && server.directAccess === "key";
  return (
    <Card
      title="Connect"
      actions={
        <Button asChild size="sm" variant="ghost">
          <Link href={`/${org}/servers/${server.slug}/reach`}>Did it reach us?</Link>
        </Button>
      }
    >
      <ConnectTabs name={server.slug} url={server.mcpUrl} credential={needsKey ? KEY_PLACEHOLDER : null} />
      {server.status === "active" ? null : (
        <div className="px-4 pb-4">
          <Notice tone="warn">The server is not active, so calls are refused until it is.</Notice>
        </div>
      )}
    </Card>
  );
}
