"use client";

import { Ban, Check, CircleHelp } from "lucide-react";
import { Card } from "#components/ui/card.tsx";
import { formatCounted } from "#components/ui/numbers.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { Grant } from "#lib/contract/index.ts";
import { useGateway } from "./gateway-context.tsx";
import { type KnownTools, toolsOfNobody } from "./tool-coverage.ts";
import { useKnownTools } from "./use-known-tools.ts";

/** What nobody may call: the other half of what the grants say. */
export function NobodyCard({ grants }: { grants: readonly Grant[] }) {
  const { gateway } = useGateway();
  const { known, isPending, leftOut } = useKnownTools(null);
  if (gateway.servers.length === 0) return null;
  return (
    <Card title="What nobody may call">
      {isPending ? (
        <p className="flex h-9.5 items-center px-4" aria-busy="true">
          <Skeleton className="w-1/3" />
        </p>
      ) : (
        <ul className="divide-y">
          {known.map((server) => (
            <NobodyRow key={server.serverId} server={server} grants={grants} />
          ))}
        </ul>
      )}
      {leftOut > 0 ? (
        <p className="border-t px-4 py-2 text-muted text-xs">
          {`${formatCounted(leftOut, "more server")} not looked at here.`}
        </p>
      ) : null}
    </Card>
  );
}

function NobodyRow({ server, grants }: { server: KnownTools; grants: readonly Grant[] }) {
  const nobody = toolsOfNobody(server, grants);
  const count = server.tools?.length ?? 0;
  return (
    <li className="grid gap-x-4 gap-y-1 px-4 py-2 sm:grid-cols-[12rem_minmax(0,1fr)]">
      <span className="truncate font-medium">{server.serverName}</span>
      {server.tools === null ? (
        <span className="flex items-start gap-1.5 text-muted">
          <CircleHelp aria-hidden="true" className="mt-0.5 size-3.75 shrink-0 text-faint" />
          Its tools are not known until a smoke test passes.
        </span>
      ) : nobody.length === 0 ? (
        <span className="flex items-start gap-1.5 text-muted">
          <Check aria-hidden="true" className="mt-0.5 size-3.75 shrink-0 text-ok" />
          {`Nothing: each of its ${formatCounted(count, "tool")} can be called by somebody.`}
        </span>
      ) : (
        <span className="flex min-w-0 items-start gap-1.5">
          <Ban aria-hidden="true" className="mt-0.5 size-3.75 shrink-0 text-warn" />
          <span className="min-w-0">
            <span className="text-muted">{`${nobody.length} of ${formatCounted(count, "tool")}: `}</span>
            <span className="break-words font-mono text-xs">{nobody.join(", ")}</span>
          </span>
        </span>
      )}
    </li>
  );
}
