"use client";

// Which keys open this gateway, who uses them, and which should not any more?

import { useQuery } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { parseAsBoolean, useQueryState } from "nuqs";
import { KeyState } from "#components/access-keys/key-state.tsx";
import { RevokeKeyButton } from "#components/access-keys/revoke-key-button.tsx";
import { PageBody } from "#components/shell/page-body.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { gatewayKey, gatewayKeysQuery, revokeGatewayKey } from "#lib/client/queries/gateways.ts";
import type { AccessKey } from "#lib/contract/index.ts";
import { useGateway } from "./gateway-context.tsx";

const NewGatewayKeyDialog = dynamic(
  () => import("./new-gateway-key-dialog.tsx").then((module) => module.NewGatewayKeyDialog),
  { ssr: false },
);

const ROWS_OF_SKELETON = ["a", "b"];

export function GatewayKeys() {
  const { org, gateway, mayWrite } = useGateway();
  const keys = useQuery(gatewayKeysQuery(org, gateway.id));
  const [creating, setCreating] = useQueryState("new", parseAsBoolean.withDefault(false));
  const create = mayWrite ? (
    <Button size="sm" variant="primary" onClick={() => void setCreating(true)}>
      <Plus aria-hidden="true" />
      New key
    </Button>
  ) : null;
  return (
    <PageBody>
      {gateway.access.includes("key") ? null : (
        <Notice
          tone="warn"
          action={
            mayWrite ? (
              <Button asChild size="sm">
                <Link href={`/${org}/gateways/${gateway.id}/settings`}>Open settings</Link>
              </Button>
            ) : null
          }
        >
          Keys are not a way into this gateway: whoever presents one is refused until that is on.
        </Notice>
      )}
      <StaleNotice query={keys} />
      <Card title="Keys" actions={create}>
        {keys.data === undefined && keys.isError ? (
          <QueryError query={keys} title="The keys could not be loaded" />
        ) : keys.data?.length === 0 ? (
          <EmptyState icon={KeyRound} title="No keys" action={create}>
            A key lets a script, an agent or a back end in. It is sent as{" "}
            <code className="text-xs">Authorization: Bearer …</code> or{" "}
            <code className="text-xs">X-API-Key</code>; grants say what it may call.
          </EmptyState>
        ) : (
          <Table label="Keys" aria-busy={keys.data === undefined}>
            <TableHead>
              <TableRow>
                <TableHeader>Name</TableHeader>
                <TableHeader>State</TableHeader>
                <TableHeader className="hidden sm:table-cell">Last used</TableHeader>
                <TableHeader className="hidden md:table-cell">Expires</TableHeader>
                <TableHeader className="hidden lg:table-cell">Created</TableHeader>
                <TableHeader>
                  <span className="sr-only">Actions</span>
                </TableHeader>
              </TableRow>
            </TableHead>
            <TableBody>
              {keys.data === undefined
                ? ROWS_OF_SKELETON.map((row) => (
                    <TableRow key={row}>
                      <TableCell colSpan={6} className="h-11">
                        <Skeleton className="w-1/2" />
                      </TableCell>
                    </TableRow>
                  ))
                : keys.data.map((key) => <KeyRow key={key.id} accessKey={key} />)}
            </TableBody>
          </Table>
        )}
      </Card>
      {creating && mayWrite ? <NewGatewayKeyDialog onClose={() => void setCreating(null)} /> : null}
    </PageBody>
  );
}

function KeyRow({ accessKey: key }: { accessKey: AccessKey }) {
  const { org, gateway, mayWrite } = useGateway();
  return (
    <TableRow className={key.revokedAt ? "text-muted" : undefined}>
      <TableCell className="h-11 w-full max-w-0 sm:w-auto sm:max-w-60">
        <Link
          href={`/${org}/gateways/${gateway.id}/logs?principal=${encodeURIComponent(`key:${key.id}`)}`}
          title="Decisions about this key"
          className="block truncate rounded-sm font-medium hover:underline"
        >
          {key.name}
        </Link>
        <span className="block truncate text-faint text-xs">
          <span className="font-mono">{key.prefix}…</span>
          {key.use === "embed" ? " for an embed" : null}
        </span>
      </TableCell>
      <TableCell>
        <KeyState accessKey={key} />
      </TableCell>
      <TableCell className="hidden text-muted sm:table-cell">
        {key.lastUsedAt ? <Time value={key.lastUsedAt} /> : "never"}
      </TableCell>
      <TableCell className="hidden text-muted md:table-cell">
        {key.expiresAt ? <Time value={key.expiresAt} /> : "never"}
      </TableCell>
      <TableCell className="hidden text-muted lg:table-cell">
        <Time value={key.createdAt} display="date" />
        {key.createdBy ? ` by ${key.createdBy}` : null}
      </TableCell>
      <TableCell className="w-px text-right">
        {mayWrite && key.revokedAt === null ? (
          <RevokeKeyButton
            accessKey={key}
            opens={null}
            revoke={() => revokeGatewayKey(org, gateway.id, key.id)}
            queryKey={gatewayKey(org, gateway.id)}
          />
        ) : null}
      </TableCell>
    </TableRow>
  );
}
