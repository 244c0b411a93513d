"use client";

import { useQuery } from "@tanstack/react-query";
import { BellRing, Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { alertChannelsQuery } from "#lib/client/queries/alerts.ts";
import { ChannelItem } from "./channel-item.tsx";

const NewChannelDialog = dynamic(
  () => import("./new-channel-dialog.tsx").then((module) => module.NewChannelDialog),
  { ssr: false },
);

/** Where alerts go. */
export function AlertChannels() {
  const { slug: org, can } = useOrganization();
  const channels = useQuery(alertChannelsQuery(org));
  const [isCreating, setCreating] = useState(false);
  const mayWrite = can("alerts:write");
  const create = mayWrite ? (
    <Button size="sm" variant="primary" onClick={() => setCreating(true)}>
      <Plus aria-hidden="true" />
      New channel
    </Button>
  ) : null;
  return (
    <Card title="Channels" actions={channels.data?.length === 0 ? null : create}>
      {channels.data === undefined && channels.isError ? (
        <QueryError query={channels} title="The channels could not be loaded" />
      ) : channels.data?.length === 0 ? (
        <EmptyState icon={BellRing} title="Nobody is told yet" action={create}>
          Alerts are kept below in any case. A channel sends them on: to a webhook, signed, or by e-mail.
          Budgets tell at their thresholds, credits at theirs.
        </EmptyState>
      ) : (
        <ul className="divide-y" aria-label="Channels" aria-busy={channels.data === undefined}>
          {channels.data === undefined ? (
            <li className="grid h-16 content-center gap-2 px-4">
              <Skeleton className="w-1/3" />
              <Skeleton className="w-2/3" />
            </li>
          ) : (
            channels.data.map((channel) => (
              <ChannelItem key={channel.id} channel={channel} mayWrite={mayWrite} />
            ))
          )}
        </ul>
      )}
      {isCreating ? <NewChannelDialog onClose={() => setCreating(false)} /> : null}
    </Card>
  );
}
