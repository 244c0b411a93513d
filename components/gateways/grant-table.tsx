"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/class-names.ts";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { notify } from "#components/ui/notify.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { deleteGrant, gatewayKey } from "#lib/client/queries/gateways.ts";
import type { Grant } from "#lib/contract/index.ts";
import { useGateway } from "./gateway-context.tsx";
import { isUnreachable, SUBJECT_LOOK } from "./grant-subjects.ts";
import { limitsText } from "./limits-text.ts";

const ROWS_OF_SKELETON = ["a", "b"];
const PATTERNS_SHOWN_MAX = 6;

interface GrantTableProps {
  /** Undefined while they are on their way. */
  grants: readonly Grant[] | undefined;
  /** The grant that the address asks to look at. */
  shownId: string | null;
  onEdit: (grant: Grant) => void;
}

/** One row per grant: who, on which server, which tools, how much. */
export function GrantTable({ grants, shownId, onEdit }: GrantTableProps) {
  return (
    <Table label="Grants" aria-busy={grants === undefined}>
      <TableHead>
        <TableRow>
          <TableHeader>Who</TableHeader>
          <TableHeader className="hidden sm:table-cell">Server</TableHeader>
          <TableHeader className="hidden sm:table-cell">Tools</TableHeader>
          <TableHeader className="hidden lg:table-cell">Limits</TableHeader>
          <TableHeader>
            <span className="sr-only">Actions</span>
          </TableHeader>
        </TableRow>
      </TableHead>
      <TableBody>
        {grants === undefined
          ? ROWS_OF_SKELETON.map((row) => (
              <TableRow key={row}>
                <TableCell colSpan={5} className="h-13">
                  <Skeleton className="w-1/2" />
                </TableCell>
              </TableRow>
            ))
          : grants.map((grant) => (
              <GrantRow key={grant.id} grant={grant} isShown={grant.id === shownId} onEdit={onEdit} />
            ))}
      </TableBody>
    </Table>
  );
}

interface GrantRowProps {
  grant: Grant;
  isShown: boolean;
  onEdit: (grant: Grant) => void;
}

function GrantRow({ grant, isShown, onEdit }: GrantRowProps) {
  const { gateway, mayWrite } = useGateway();
  const { icon: Icon, kind } = SUBJECT_LOOK[grant.subject.kind];
  const server =
    grant.serverId === null
      ? "all servers"
      : (gateway.servers.find(({ serverId }) => serverId === grant.serverId)?.serverName ??
        `${grant.serverSlug ?? grant.serverId} (not attached)`);
  const limits = limitsText(grant);
  return (
    <TableRow
      aria-current={isShown ? "true" : undefined}
      className={cn("align-top", isShown && "bg-accent-soft")}
    >
      <TableCell className="w-full whitespace-normal sm:w-1/4">
        <span className="flex min-w-0 items-start gap-2 pt-0.5">
          <Icon aria-hidden="true" className="mt-0.5 size-3.75 shrink-0 text-faint" />
          <span className="grid min-w-0">
            <span className="break-all font-medium">{grant.subjectLabel}</span>
            <span className="text-faint text-xs">{kind}</span>
            {isUnreachable(grant, gateway.access) ? (
              <span className="flex items-start gap-1 text-warn text-xs">
                <TriangleAlert aria-hidden="true" className="mt-0.5 size-3 shrink-0" />
                {SUBJECT_LOOK[grant.subject.kind].needs === "key" ? "keys are off" : "OAuth is off"}
              </span>
            ) : null}
            <span className="text-muted text-xs sm:hidden">on {server}</span>
            {limits ? <span className="text-muted text-xs lg:hidden">{limits}</span> : null}
            <span className="mt-1 sm:hidden">
              <Patterns grant={grant} />
            </span>
          </span>
        </span>
      </TableCell>
      <TableCell className="hidden max-w-44 whitespace-normal break-words pt-2 text-muted sm:table-cell">
        {server}
      </TableCell>
      <TableCell className="hidden whitespace-normal sm:table-cell">
        <Patterns grant={grant} />
      </TableCell>
      <TableCell className="hidden pt-2 text-muted lg:table-cell">
        {limits ?? <span className="text-faint">the gateway's</span>}
      </TableCell>
      <TableCell className="w-px text-right">
        {mayWrite ? (
          <span className="inline-flex flex-col gap-1 sm:flex-row">
            <Button size="sm" variant="ghost" onClick={() => onEdit(grant)}>
              Edit
            </Button>
            <DeleteButton grant={grant} server={server} />
          </span>
        ) : null}
      </TableCell>
    </TableRow>
  );
}

function Patterns({ grant }: { grant: Grant }) {
  if (grant.tools.includes("*")) return <span className="inline-block pt-0.5">all tools</span>;
  const more = grant.tools.length - PATTERNS_SHOWN_MAX;
  return (
    <span className="flex flex-wrap gap-1 pt-0.5" title={grant.tools.join(", ")}>
      {grant.tools.slice(0, PATTERNS_SHOWN_MAX).map((pattern) => {
        const isUnmatched = grant.unmatchedPatterns.includes(pattern);
        return (
          <span
            key={pattern}
            className={cn(
              "inline-flex max-w-full flex-wrap items-center gap-x-1 rounded-sm bg-raised px-1.5 py-px text-xs",
              isUnmatched && "bg-warn/10 text-warn",
            )}
          >
            {isUnmatched ? <TriangleAlert aria-hidden="true" className="size-3 shrink-0" /> : null}
            <span className="min-w-0 break-all font-mono">{pattern}</span>
            {isUnmatched ? <span className="whitespace-nowrap">matches nothing</span> : null}
          </span>
        );
      })}
      {more > 0 ? <span className="text-faint text-xs leading-5">{`+${more} more`}</span> : null}
    </span>
  );
}

function DeleteButton({ grant, server }: { grant: Grant; server: string }) {
  const { org, gateway } = useGateway();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState(false);
  const remove = useMutation({
    mutationFn: () => deleteGrant(org, gateway.id, grant.id),
    onSuccess: () => {
      setAsking(false);
      notify.success(`The grant for ${grant.subjectLabel} is deleted`);
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: gatewayKey(org, gateway.id) }),
  });
  return (
    <>
      <Button
        size="sm"
        variant="ghost"
        aria-label={`Delete the grant for ${grant.subjectLabel}`}
        onClick={() => setAsking(true)}
      >
        Delete
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={(open) => {
          setAsking(open);
          if (!open) remove.reset();
        }}
        title={`Delete the grant for ${grant.subjectLabel}?`}
        confirmLabel="Delete grant"
        danger
        pending={remove.isPending}
        error={remove.error ? messageOf(remove.error) : null}
        onConfirm={() => remove.mutate()}
      >
        {`On ${server} it allows ${grant.tools.includes("*") ? "all tools" : grant.tools.join(", ")}. What no other grant allows is denied within two seconds.`}
      </ConfirmDialog>
    </>
  );
}
