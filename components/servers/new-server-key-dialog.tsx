"use client";

import { NewKeyDialog } from "#components/access-keys/new-key-dialog.tsx";
import { ConnectTabs } from "#components/gateways/connect-tabs.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { createServerKey, serverKeysQuery } from "#lib/client/queries/gateways.ts";
import { useServer } from "./server-context.tsx";

/** Makes a key of the direct URL, and shows commands that use it. */
export function NewServerKeyDialog({ onClose }: { onClose: () => void }) {
  const { slug: org } = useOrganization();
  const server = useServer();
  return (
    <NewKeyDialog
      create={(input) => createServerKey(org, server.slug, input)}
      mayEmbed
      queryKey={serverKeysQuery(org, server.slug).queryKey}
      onClose={onClose}
      usage={({ secret }) => (
        <div className="min-w-0 rounded-md border">
          <p className="border-b px-4 py-1.5 font-medium">Ready to use</p>
          <ConnectTabs name={server.slug} url={server.directUrl} credential={secret} />
        </div>
      )}
    />
  );
}
