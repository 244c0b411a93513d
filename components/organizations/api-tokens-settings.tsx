"use client";

// Which tokens can call the API for this organization, and what may each of them do?

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { parseAsBoolean, useQueryState } from "nuqs";
import { useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { notify } from "#components/ui/notify.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { apiTokensQuery, revokeApiToken } from "#lib/client/queries/tokens.ts";
import type { ApiToken } from "#lib/contract/index.ts";
import { SCOPE_NAMES } from "./scopes.ts";

const NewTokenDialog = dynamic(
  () => import("./new-token-dialog.tsx").then((module) => module.NewTokenDialog),
  { ssr: false },
);

const ROWS_OF_SKELETON = ["a", "b"];
const SCOPES_SHOWN_MAX = 3;

export function ApiTokensSettings() {
  const { slug: org, can } = useOrganization();
  const tokens = useQuery(apiTokensQuery(org));
  const [creating, setCreating] = useQueryState("new", parseAsBoolean.withDefault(false));
  const mayWrite = can("tokens:write");
  const create = mayWrite ? (
    <Button size="sm" variant="primary" onClick={() => void setCreating(true)}>
      <Plus aria-hidden="true" />
      New token
    </Button>
  ) : null;
  return (
    <>
      <Card title="API tokens" actions={create}>
        {tokens.data === undefined && tokens.isError ? (
          <QueryError query={tokens} title="The tokens could not be loaded" />
        ) : tokens.data?.length === 0 ? (
          <EmptyState icon={KeyRound} title="No API tokens" action={create}>
            A token lets a script, a pipeline or the <code className="text-xs">mcpstack</code> command line
            call the API with exactly the scopes you give it.
          </EmptyState>
        ) : (
          <Table label="API tokens" aria-busy={tokens.data === undefined}>
            <TableHead>
              <TableRow>
                <TableHeader>Name</TableHeader>
                <TableHeader className="hidden md:table-cell">Scopes</TableHeader>
                <TableHeader className="hidden lg:table-cell">Created</TableHeader>
                <TableHeader className="hidden sm:table-cell">Last used</TableHeader>
                <TableHeader>Expires</TableHeader>
                <TableHeader>
                  <span className="sr-only">Actions</span>
                </TableHeader>
              </TableRow>
            </TableHead>
            <TableBody>
              {tokens.data === undefined
                ? ROWS_OF_SKELETON.map((row) => (
                    <TableRow key={row}>
                      <TableCell colSpan={6} className="h-11">
                        <Skeleton className="w-1/2" />
                      </TableCell>
                    </TableRow>
                  ))
                : tokens.data.map((token) => <TokenRow key={token.id} token={token} mayWrite={mayWrite} />)}
            </TableBody>
          </Table>
        )}
      </Card>
      {creating && mayWrite ? (
        <NewTokenDialog open onOpenChange={(open) => void setCreating(open || null)} />
      ) : null}
    </>
  );
}

function TokenRow({ token, mayWrite }: { token: ApiToken; mayWrite: boolean }) {
  const { slug: org } = useOrganization();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState(false);
  const revoke = useMutation({
    mutationFn: () => revokeApiToken(org, token.id),
    onSuccess: () => {
      setAsking(false);
      notify.success(`The token ${token.name} is revoked`);
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: apiTokensQuery(org).queryKey }),
  });
  return (
    <TableRow>
      <TableCell className="h-11">
        <span className="grid leading-tight">
          <span className="max-w-52 truncate font-medium">{token.name}</span>
          <span className="font-mono text-faint text-xs">{token.prefix}…</span>
        </span>
      </TableCell>
      <TableCell className="hidden md:table-cell">
        <span className="flex flex-wrap gap-1" title={token.scopes.join(", ")}>
          {token.scopes.length === SCOPE_NAMES.length ? (
            <Badge>all scopes</Badge>
          ) : (
            <>
              {token.scopes.slice(0, SCOPES_SHOWN_MAX).map((scope) => (
                <Badge key={scope}>{scope}</Badge>
              ))}
              {token.scopes.length > SCOPES_SHOWN_MAX ? (
                <Badge>{`+${token.scopes.length - SCOPES_SHOWN_MAX}`}</Badge>
              ) : null}
            </>
          )}
        </span>
      </TableCell>
      <TableCell className="hidden text-muted lg:table-cell">
        <Time value={token.createdAt} display="date" />
        {token.createdBy ? ` by ${token.createdBy}` : null}
      </TableCell>
      <TableCell className="hidden text-muted sm:table-cell">
        {token.lastUsedAt ? <Time value={token.lastUsedAt} /> : "never"}
      </TableCell>
      <TableCell className="text-muted">
        {token.expiresAt ? <Time value={token.expiresAt} /> : "never"}
      </TableCell>
      <TableCell className="text-right">
        {mayWrite ? (
          <Button size="sm" variant="ghost" onClick={() => setAsking(true)}>
            Revoke
          </Button>
        ) : null}
        <ConfirmDialog
          open={asking}
          onOpenChange={(open) => {
            setAsking(open);
            if (!open) revoke.reset();
          }}
          title={`Revoke ${token.name}?`}
          phrase={token.name}
          confirmLabel="Revoke token"
          danger
          pending={revoke.isPending}
          error={revoke.error ? messageOf(revoke.error) : null}
          onConfirm={() => revoke.mutate()}
        >
          Whatever uses it is refused from the next call on. This cannot be undone.
        </ConfirmDialog>
      </TableCell>
    </TableRow>
  );
}
