"use client";

import { useId, useState } from "react";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Card } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Label } from "#components/ui/label.tsx";
import { Select } from "#components/ui/select.tsx";
import { Switch } from "#components/ui/switch.tsx";
import type { Server } from "#lib/contract/index.ts";
import { RETENTION_CHOICES, retentionLabel } from "./retention.ts";
import { useServer } from "./server-context.tsx";
import { useUpdateServer } from "./use-update-server.ts";

/** Who may use the direct URL, and how long console lines and requests are kept. Both act at once. */
export function AccessSettings({ readOnly }: { readOnly: boolean }) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const update = useUpdateServer(org, server.slug);
  const switchId = useId();
  const [shorter, setShorter] = useState<Server["retentionDays"] | null>(null);
  const choose = (days: Server["retentionDays"]) => {
    if (days < server.retentionDays) setShorter(days);
    else update.mutate({ retentionDays: days });
  };
  return (
    <Card title="Access and history">
      <div className="grid gap-5 p-4">
        <div className="flex items-start justify-between gap-4">
          <div className="grid gap-0.5">
            <Label htmlFor={switchId}>Direct access</Label>
            <p className="text-muted text-xs">
              Whoever knows the MCP URL may call it. Off, the URL refuses everybody; smoke tests still run.
            </p>
          </div>
          <Switch
            id={switchId}
            checked={server.directAccess === "public"}
            disabled={readOnly || update.isPending}
            onCheckedChange={(on) => update.mutate({ directAccess: on ? "public" : "off" })}
          />
        </div>
        <Field
          label="Log retention"
          hint="How long requests and console lines are kept. Live logs work with every choice."
          className="max-w-xs"
        >
          {(control) => (
            <Select
              {...control}
              value={server.retentionDays}
              disabled={readOnly || update.isPending}
              onChange={(event) => {
                const days = RETENTION_CHOICES.find((choice) => String(choice) === event.target.value);
                if (days !== undefined) choose(days);
              }}
            >
              {RETENTION_CHOICES.map((days) => (
                <option key={days} value={days}>
                  {retentionLabel(days)}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
      <ConfirmDialog
        open={shorter !== null}
        onOpenChange={() => setShorter(null)}
        title="Keep history for a shorter time?"
        confirmLabel={shorter === null ? "" : `Keep ${retentionLabel(shorter).toLowerCase()}`}
        danger
        onConfirm={() => {
          if (shorter !== null) update.mutate({ retentionDays: shorter });
          setShorter(null);
        }}
      >
        {`What is older than that is deleted for good. Now it is ${retentionLabel(server.retentionDays).toLowerCase()}.`}
      </ConfirmDialog>
    </Card>
  );
}
