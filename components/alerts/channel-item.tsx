"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { notify } from "#components/ui/notify.ts";
import { Switch } from "#components/ui/switch.tsx";
import { Time } from "#components/ui/time.tsx";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import {
  alertsKey,
  deleteAlertChannel,
  testAlertChannel,
  updateAlertChannel,
} from "#lib/client/queries/alerts.ts";
import type { AlertChannel } from "#lib/contract/index.ts";
import { DeliveryPill } from "./delivery-pill.tsx";

/** One channel: where it leads, whether the last alert arrived, and what can be done about it. */
export function ChannelItem({ channel, mayWrite }: { channel: AlertChannel; mayWrite: boolean }) {
  const { lastDelivery } = channel;
  return (
    <li className="grid gap-1.5 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1.5">
        <h3 className="min-w-0 truncate font-medium">{withSigns(channel.name)}</h3>
        <Badge>{channel.kind === "webhook" ? "Webhook" : "E-mail"}</Badge>
        {lastDelivery ? <DeliveryPill status={lastDelivery.status} /> : null}
        {mayWrite ? <ChannelActions channel={channel} /> : null}
      </div>
      <p className="truncate font-mono text-muted text-xs" title={channel.target}>
        {channel.target}
      </p>
      <p className="text-muted text-xs">
        {lastDelivery ? (
          <>
            Last <Time value={lastDelivery.at} />
            {lastDelivery.message ? <>: {withSigns(lastDelivery.message)}</> : null}
          </>
        ) : (
          "Nothing was sent yet."
        )}
      </p>
    </li>
  );
}

function ChannelActions({ channel }: { channel: AlertChannel }) {
  const { slug: org } = useOrganization();
  const queryClient = useQueryClient();
  const [isDeleting, setDeleting] = useState(false);
  const refresh = () => queryClient.invalidateQueries({ queryKey: alertsKey(org) });
  const test = useMutation({
    mutationFn: () => testAlertChannel(org, channel.id),
    onSuccess: () =>
      notify.success(`A test goes to ${channel.name}`, {
        description: "Deliveries below say whether it arrived.",
      }),
    onError: (error) => notify.error("The test could not be sent", { description: messageOf(error) }),
    onSettled: refresh,
  });
  const toggle = useMutation({
    mutationFn: (isOn: boolean) => updateAlertChannel(org, channel.id, isOn),
    onError: (error) => notify.error(`${channel.name} was not changed`, { description: messageOf(error) }),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: () => deleteAlertChannel(org, channel.id),
    onSuccess: () => {
      setDeleting(false);
      notify.success(`The channel ${channel.name} is deleted`);
    },
    onSettled: refresh,
  });
  return (
    <span className="ml-auto flex items-center gap-1">
      <Button size="sm" variant="ghost" pending={test.isPending} onClick={() => test.mutate()}>
        Test
      </Button>
      <Button size="sm" variant="ghost" onClick={() => setDeleting(true)}>
        Delete
      </Button>
      <Switch
        aria-label={`${channel.name} is on`}
        className="ml-1.5"
        checked={toggle.isPending ? toggle.variables : channel.isOn}
        disabled={toggle.isPending}
        onCheckedChange={(on) => toggle.mutate(on)}
      />
      <ConfirmDialog
        open={isDeleting}
        onOpenChange={(open) => {
          setDeleting(open);
          if (!open) remove.reset();
        }}
        title={`Delete ${channel.name}?`}
        phrase={channel.name}
        confirmLabel="Delete channel"
        danger
        pending={remove.isPending}
        error={remove.error ? messageOf(remove.error) : null}
        onConfirm={() => remove.mutate()}
      >
        Nothing more is sent to it. Alerts themselves stay. To silence it for a while, turn it off.
      </ConfirmDialog>
    </span>
  );
}
