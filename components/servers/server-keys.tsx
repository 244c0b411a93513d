"use client";

// Which keys open the direct URL of this server, who uses them, and which should not any more?

import { useQuery } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { parseAsBoolean, useQueryState } from "nuqs";
import { KeyState } from "#components/access-keys/key-state.tsx";
import { RevokeKeyButton } from "#components/access-keys/revoke-key-button.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Time } from "#components/ui/time.tsx";
import { revokeServerKey, serverKeysQuery } from "#lib/client/queries/gateways.ts";
import type { AccessKey } from "#lib/contract/index.ts";
import { CheckRowsSkeleton } from "./check-rows-skeleton.tsx";
import { useServer } from "./server-context.tsx";

const NewServerKeyDialog = dynamic(
  () => import("./new-server-key-dialog.tsx").then((module) => module.NewServerKeyDialog),
  { ssr: false },
);

/** The keys of the direct URL, shown while they count or while there are any. */
export function ServerKeys() {
  const { slug: org, can } = useOrganization();
  const server = useServer();
  const counts = server.directAccess === "key";
  const keys = useQuery({ ...serverKeysQuery(org, server.slug), enabled: can("gateways:read") });
  const [creating, setCreating] = useQueryState("new-key", parseAsBoolean.withDefault(false));
  if (!counts && (keys.data === undefined || keys.data.length === 0)) return null;
  const mayWrite = can("gateways:write");
  const create =
    mayWrite && counts ? (
      <Button size="sm" onClick={() => void setCreating(true)}>
        <Plus aria-hidden="true" />
        New key
      </Button>
    ) : null;
  return (
    <Card
      title="Keys"
      aside={
        counts && server.gateway === null ? null : (
          <span className="text-muted text-xs">
            {server.gateway ? "not used while a gateway decides" : "not used: direct access is not by key"}
          </span>
        )
      }
      actions={create}
    >
      {keys.data === undefined ? (
        keys.isError ? (
          <QueryError query={keys} title="The keys could not be loaded" />
        ) : (
          <CheckRowsSkeleton rows={2} />
        )
      ) : keys.data.length === 0 ? (
        <EmptyState icon={KeyRound} title="No keys, so nobody gets in" action={create} className="py-7">
          A key is sent as <code className="text-xs">Authorization: Bearer …</code> or{" "}
          <code className="text-xs">X-API-Key</code>.
        </EmptyState>
      ) : (
        <ul className="divide-y" aria-label="Keys">
          {keys.data.map((key) => (
            <KeyRow key={key.id} accessKey={key} mayWrite={mayWrite} />
          ))}
        </ul>
      )}
      {creating && mayWrite ? <NewServerKeyDialog onClose={() => void setCreating(null)} /> : null}
    </Card>
  );
}

function KeyRow({ accessKey: key, mayWrite }: { accessKey: AccessKey; mayWrite: boolean }) {
  const { slug: org } = useOrganization();
  const server = useServer();
  return (
    <li className="flex min-h-11 items-center gap-3 px-4 py-1.5">
      <span className="grid min-w-0 flex-1">
        <span className="truncate font-medium">{key.name}</span>
        <span className="truncate text-faint text-xs">
          <span className="font-mono">{key.prefix}…</span>
          {key.use === "embed" ? " · for an embed" : null}
          {" · "}
          {key.lastUsedAt ? (
            <>
              used <Time value={key.lastUsedAt} />
            </>
          ) : (
            "never used"
          )}
          {key.expiresAt ? (
            <>
              {" · expires "}
              <Time value={key.expiresAt} />
            </>
          ) : null}
        </span>
      </span>
      <KeyState accessKey={key} />
      {mayWrite && key.revokedAt === null ? (
        <RevokeKeyButton
          accessKey={key}
          opens={server.name}
          revoke={() => revokeServerKey(org, server.slug, key.id)}
          queryKey={serverKeysQuery(org, server.slug).queryKey}
        />
      ) : null}
    </li>
  );
}
