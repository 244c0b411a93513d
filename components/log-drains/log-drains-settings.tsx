"use client";

// Where are the logs of this organization sent on to, and does it work?

import { useQuery } from "@tanstack/react-query";
import { Plus, Send } from "lucide-react";
import dynamic from "next/dynamic";
import { parseAsString, useQueryState } from "nuqs";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { logDrainsQuery } from "#lib/client/queries/log-drains.ts";
import { DrainItem } from "./drain-item.tsx";

const DrainDialog = dynamic(() => import("./drain-dialog.tsx").then((module) => module.DrainDialog), {
  ssr: false,
});
const DeadLettersDialog = dynamic(
  () => import("./dead-letters-dialog.tsx").then((module) => module.DeadLettersDialog),
  { ssr: false },
);

const ROWS_OF_SKELETON = ["a", "b"];

export function LogDrainsSettings() {
  const { slug: org, can } = useOrganization();
  const drains = useQuery(logDrainsQuery(org));
  const [edited, setEdited] = useQueryState("edit", parseAsString);
  const [letters, setLetters] = useQueryState("dead-letters", parseAsString);
  const mayWrite = can("drains:write");
  const create = mayWrite ? (
    <Button size="sm" variant="primary" onClick={() => void setEdited("new")}>
      <Plus aria-hidden="true" />
      New drain
    </Button>
  ) : null;
  const editedDrain = drains.data?.find(({ id }) => id === edited) ?? null;
  const lettersDrain = drains.data?.find(({ id }) => id === letters);
  return (
    <>
      <Card title="Log drains" actions={drains.data?.length === 0 ? null : create}>
        {drains.data === undefined && drains.isError ? (
          <QueryError query={drains} title="The log drains could not be loaded" />
        ) : drains.data?.length === 0 ? (
          <EmptyState icon={Send} title="No log drains" action={create}>
            A drain sends requests, console lines and upstream calls on to your own log system as they are
            stored: at least once, in order, as JSON lines or to an OpenTelemetry collector.
          </EmptyState>
        ) : (
          <ul className="divide-y" aria-label="Log drains" aria-busy={drains.data === undefined}>
            {drains.data === undefined
              ? ROWS_OF_SKELETON.map((row) => (
                  <li key={row} className="grid h-24 content-center gap-2.5 px-4">
                    <Skeleton className="w-1/3" />
                    <Skeleton className="w-2/3" />
                  </li>
                ))
              : drains.data.map((drain) => (
                  <DrainItem
                    key={drain.id}
                    drain={drain}
                    mayWrite={mayWrite}
                    onEdit={() => void setEdited(drain.id)}
                    onDeadLetters={() => void setLetters(drain.id)}
                  />
                ))}
          </ul>
        )}
      </Card>
      {drains.data && drains.data.length > 0 ? (
        <p className="px-1 text-muted text-xs">
          Servers whose logs are live only store nothing, so nothing of them is sent. A delivery may be
          repeated after a failure: each record has an id to drop repeats by.
        </p>
      ) : null}
      {mayWrite && (edited === "new" || editedDrain) ? (
        <DrainDialog key={edited} drain={editedDrain} onClose={() => void setEdited(null)} />
      ) : null}
      {lettersDrain ? (
        <DeadLettersDialog drain={lettersDrain} mayWrite={mayWrite} onClose={() => void setLetters(null)} />
      ) : null}
    </>
  );
}
