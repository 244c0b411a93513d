"use client";

// Which keys does this agent present, and which should not work any more?

import { useQuery } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { parseAsBoolean, parseAsString, useQueryStates } from "nuqs";
import { KeyState } from "#components/access-keys/key-state.tsx";
import { RevokeKeyButton } from "#components/access-keys/revoke-key-button.tsx";
import { PageBody } from "#components/shell/page-body.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { agentKeysQuery, agentsKey, revokeAgentKey } from "#lib/client/queries/agents.ts";
import type { AccessKey } from "#lib/contract/index.ts";
import { useAgent } from "./agent-context.tsx";

const NewAgentKeyDialog = dynamic(
  () => import("./new-agent-key-dialog.tsx").then((module) => module.NewAgentKeyDialog),
  { ssr: false },
);
const RotateKeyDialog = dynamic(
  () => import("./rotate-key-dialog.tsx").then((module) => module.RotateKeyDialog),
  { ssr: false },
);

const ROWS_OF_SKELETON = ["a", "b"];

export function AgentKeys() {
  const { org, agent, mayWrite } = useAgent();
  const keys = useQuery(agentKeysQuery(org, agent.id));
  /** `new`: a key is being made. `rotate`: the key that is being replaced. */
  const [search, setSearch] = useQueryStates({
    new: parseAsBoolean.withDefault(false),
    rotate: parseAsString,
  });
  const rotated = keys.data?.find(({ id }) => id === search.rotate);
  const create = mayWrite ? (
    <Button size="sm" variant="primary" onClick={() => void setSearch({ new: true })}>
      <Plus aria-hidden="true" />
      New key
    </Button>
  ) : null;
  return (
    <PageBody>
      <StaleNotice query={keys} />
      <Card title="Keys" actions={create}>
        {keys.data === undefined && keys.isError ? (
          <QueryError query={keys} title="The keys could not be loaded" />
        ) : keys.data?.length === 0 ? (
          <EmptyState icon={KeyRound} title="No keys" action={create}>
            A key is how the agent proves who it is, at every server that is attached to it. It is sent as{" "}
            <code className="text-xs">Authorization: Bearer …</code> or{" "}
            <code className="text-xs">X-API-Key</code>.
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
                : keys.data.map((key) => (
                    <KeyRow
                      key={key.id}
                      accessKey={key}
                      onRotate={() => void setSearch({ rotate: key.id })}
                    />
                  ))}
            </TableBody>
          </Table>
        )}
      </Card>
      {search.new && mayWrite ? <NewAgentKeyDialog onClose={() => void setSearch({ new: null })} /> : null}
      {rotated && mayWrite ? (
        <RotateKeyDialog
          key={rotated.id}
          accessKey={rotated}
          onClose={() => void setSearch({ rotate: null })}
        />
      ) : null}
    </PageBody>
  );
}

function KeyRow({ accessKey: key, onRotate }: { accessKey: AccessKey; onRotate: () => void }) {
  const { org, agent, mayWrite } = useAgent();
  return (
    <TableRow className={key.revokedAt ? "text-muted" : undefined}>
      <TableCell className="h-11 w-full max-w-0 sm:w-auto sm:max-w-60">
        <span className="block truncate font-medium">{key.name}</span>
        <span className="block truncate font-mono text-faint text-xs">{key.prefix}…</span>
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
          <span className="inline-flex flex-col items-end sm:flex-row">
            <Button size="sm" variant="ghost" aria-label={`Rotate ${key.name}`} onClick={onRotate}>
              Rotate
            </Button>
            <RevokeKeyButton
              accessKey={key}
              opens={null}
              revoke={() => revokeAgentKey(org, agent.id, key.id)}
              queryKey={agentsKey(org)}
            />
          </span>
        ) : null}
      </TableCell>
    </TableRow>
  );
}
