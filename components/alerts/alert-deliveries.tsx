"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { messageOf } from "#components/shell/error-message.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { notify } from "#components/ui/notify.ts";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import { alertDeliveriesQuery, alertsKey, replayAlertDelivery } from "#lib/client/queries/alerts.ts";
import type { AlertDelivery } from "#lib/contract/index.ts";
import { DeliveryPill } from "./delivery-pill.tsx";

/** Whether the beginnings and ends of alerts arrived, newest first. Not shown before there is one. */
export function AlertDeliveries() {
  const { slug: org, can } = useOrganization();
  const deliveries = useQuery(alertDeliveriesQuery(org));
  const { data } = deliveries;
  if (data === undefined && deliveries.isError)
    return (
      <Card title="Deliveries">
        <QueryError query={deliveries} title="The deliveries could not be loaded" />
      </Card>
    );
  if (!data || data.length === 0) return null;
  return (
    <Card title="Deliveries">
      <Table label="Deliveries">
        <TableHead>
          <TableRow>
            <TableHeader className="hidden sm:table-cell">Time</TableHeader>
            <TableHeader className="max-sm:pl-4">Alert</TableHeader>
            <TableHeader className="hidden sm:table-cell">Channel</TableHeader>
            <TableHeader>State</TableHeader>
            <TableHeader className="hidden md:table-cell">Tries</TableHeader>
            <TableHeader>
              <span className="sr-only">Action</span>
            </TableHeader>
          </TableRow>
        </TableHead>
        <TableBody>
          {data.map((delivery) => (
            <TableRow key={delivery.id}>
              <TableCell className="hidden text-muted sm:table-cell">
                <Time value={delivery.at} />
              </TableCell>
              <TableCell
                className="w-full max-w-0 truncate max-sm:pl-4 sm:w-auto sm:max-w-64"
                title={delivery.title}
              >
                {delivery.kind === "resolved" ? "Ended: " : ""}
                {withSigns(delivery.title)}
                <span className="block truncate text-muted text-xs sm:hidden">
                  {withSigns(delivery.channelName)} · <Time value={delivery.at} />
                </span>
              </TableCell>
              <TableCell className="hidden max-w-40 truncate text-muted sm:table-cell">
                {withSigns(delivery.channelName)}
              </TableCell>
              <TableCell title={delivery.message ?? undefined}>
                <DeliveryPill status={delivery.status} />
              </TableCell>
              <TableCell className="hidden text-muted tabular-nums md:table-cell">
                {delivery.attempts}
              </TableCell>
              <TableCell>
                {can("alerts:write") && delivery.status === "failed" ? (
                  <SendAgain delivery={delivery} />
                ) : null}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Card>
  );
}

function SendAgain({ delivery }: { delivery: AlertDelivery }) {
  const { slug: org } = useOrganization();
  const queryClient = useQueryClient();
  const replay = useMutation({
    mutationFn: () => replayAlertDelivery(org, delivery.id),
    onError: (error) => notify.error("It was not sent again", { description: messageOf(error) }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: alertsKey(org) }),
  });
  return (
    <Button size="sm" variant="ghost" pending={replay.isPending} onClick={() => replay.mutate()}>
      Send again
    </Button>
  );
}
