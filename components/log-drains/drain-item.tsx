"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { notify } from "#components/ui/notify.ts";
import { formatCounted, formatDuration } from "#components/ui/numbers.ts";
import { Switch } from "#components/ui/switch.tsx";
import { Time } from "#components/ui/time.tsx";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import {
  deleteLogDrain,
  logDrainsKey,
  testLogDrain,
  updateLogDrain,
} from "#lib/client/queries/log-drains.ts";
import type { LogDrain } from "#lib/contract/index.ts";
import { DrainStatePill } from "./drain-state-pill.tsx";
import { KIND_SHORT, sentText } from "./drain-words.ts";

interface DrainItemProps {
  drain: LogDrain;
  mayWrite: boolean;
  onEdit: () => void;
  onDeadLetters: () => void;
}

/** One drain: where it goes, what it sends, how it is, and what can be done about it. */
export function DrainItem({ drain, mayWrite, onEdit, onDeadLetters }: DrainItemProps) {
  return (
    <li className="grid gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1.5">
        <h3 className="min-w-0 truncate font-medium">{withSigns(drain.name)}</h3>
        <DrainStatePill state={drain.state} />
        <Badge>{KIND_SHORT[drain.kind]}</Badge>
        {mayWrite ? <DrainActions drain={drain} onEdit={onEdit} /> : null}
      </div>
      <p className="truncate font-mono text-muted text-xs" title={drain.url}>
        {drain.url}
      </p>
      <p className="flex flex-wrap gap-x-3 gap-y-1 text-muted text-xs">
        <span>{sentText(drain)}</span>
        <span className="tabular-nums">{formatCounted(drain.deliveredRows, "record")} delivered</span>
        {drain.lastDeliveredAt ? (
          <span>
            last <Time value={drain.lastDeliveredAt} />
          </span>
        ) : null}
        {drain.deadRows > 0 ? (
          <button
            type="button"
            onClick={onDeadLetters}
            className="text-warn tabular-nums underline underline-offset-2 hover:text-fg"
          >
            {formatCounted(drain.deadRows, "record")} not taken
          </button>
        ) : null}
      </p>
      <DrainTrouble drain={drain} />
    </li>
  );
}

function DrainTrouble({ drain }: { drain: LogDrain }) {
  if (drain.state === "failing")
    return (
      <Notice tone="fail">
        <p className="break-words">{withSigns(drain.lastError ?? "")}</p>
        <p className="text-muted text-xs">
          {drain.nextAttemptAt ? (
            <>
              Failed {drain.failuresInRow === 1 ? "once" : `${drain.failuresInRow} times in a row`}, tried
              again at <Time value={drain.nextAttemptAt} display="clock" />. Nothing is lost: the logs wait in
              the store.
            </>
          ) : (
            "What it refused can be sent again; the next records go out as they come."
          )}
        </p>
      </Notice>
    );
  if (drain.state === "behind")
    return (
      <Notice tone="warn">
        {drain.caughtUpAt ? (
          <>
            It had everything <Time value={drain.caughtUpAt} />.
          </>
        ) : (
          "It has not caught up since it was made."
        )}{" "}
        It goes on by itself; the logs wait in the store.
      </Notice>
    );
  if (drain.state === "disabled")
    return (
      <p className="text-faint text-xs">It keeps its place and goes on from there when it is enabled.</p>
    );
  return null;
}

function DrainActions({ drain, onEdit }: { drain: LogDrain; onEdit: () => void }) {
  const { slug: org } = useOrganization();
  const queryClient = useQueryClient();
  const [isDeleting, setDeleting] = useState(false);
  const refresh = () => queryClient.invalidateQueries({ queryKey: logDrainsKey(org) });
  const toggle = useMutation({
    mutationFn: (isEnabled: boolean) => updateLogDrain(org, drain.id, { isEnabled }),
    onError: (error) => notify.error(`${drain.name} was not changed`, { description: messageOf(error) }),
    onSettled: refresh,
  });
  const test = useMutation({
    mutationFn: () => testLogDrain(org, drain.id),
    onSuccess: (result) =>
      result.isAccepted
        ? notify.success(`${drain.name} took the test line`, {
            description: `In ${formatDuration(result.durationMs)}. ${result.message}`,
          })
        : notify.error(`${drain.name} did not take the test line`, { description: result.message }),
    onError: (error) => notify.error("The test could not be sent", { description: messageOf(error) }),
  });
  const remove = useMutation({
    mutationFn: () => deleteLogDrain(org, drain.id),
    onSuccess: () => {
      setDeleting(false);
      notify.success(`The drain ${drain.name} is deleted`);
    },
    onSettled: refresh,
  });
  return (
    <span className="ml-auto flex items-center gap-1">
      <Button size="sm" variant="ghost" pending={test.isPending} onClick={() => test.mutate()}>
        Test
      </Button>
      <Button size="sm" variant="ghost" onClick={onEdit}>
        Edit
      </Button>
      <Button size="sm" variant="ghost" onClick={() => setDeleting(true)}>
        Delete
      </Button>
      <Switch
        aria-label={`${drain.name} is enabled`}
        className="ml-1.5"
        checked={toggle.isPending ? toggle.variables : drain.isEnabled}
        disabled={toggle.isPending}
        onCheckedChange={(on) => toggle.mutate(on)}
      />
      <ConfirmDialog
        open={isDeleting}
        onOpenChange={(open) => {
          setDeleting(open);
          if (!open) remove.reset();
        }}
        title={`Delete ${drain.name}?`}
        phrase={drain.name}
        confirmLabel="Delete drain"
        danger
        pending={remove.isPending}
        error={remove.error ? messageOf(remove.error) : null}
        onConfirm={() => remove.mutate()}
      >
        Nothing more is sent, and what was not taken can no longer be sent again. The logs themselves stay. To
        pause it instead, disable it.
      </ConfirmDialog>
    </span>
  );
}
