"use client";

import { useState } from "react";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Card } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import type { Server } from "#lib/contract/index.ts";
import { DirectAccessField } from "./direct-access-field.tsx";
import { RETENTION_CHOICES, retentionLabel } from "./retention.ts";
import { useServer } from "./server-context.tsx";
import { useUpdateServer } from "./use-update-server.ts";

/** Who may use the direct URL, and how long console lines and requests are kept. Both act at once. */
export function AccessSettings({ readOnly }: { readOnly: boolean }) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const update = useUpdateServer(org, server.slug);
  const [shorter, setShorter] = useState<Server["retentionDays"] | null>(null);
  const choose = (days: Server["retentionDays"]) => {
    if (days < server.retentionDays) setShorter(days);
    else update.mutate({ retentionDays: days });
  };
  return (
    <Card title="Access and history">
      <div className="grid gap-5 p-4">
        <DirectAccessField
          server={server}
          disabled={readOnly || update.isPending}
          onChange={(directAccess) => update.mutate({ directAccess })}
        />
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
