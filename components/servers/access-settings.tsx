"use client";

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useState } from "react";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Card } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { logStorageQuery } from "#lib/client/queries/log-drains.ts";
import type { Server } from "#lib/contract/index.ts";
import { DirectAccessField } from "./direct-access-field.tsx";
import { LogStorage } from "./log-storage.tsx";
import { RETENTION_CHOICES, retentionLabel } from "./retention.ts";
import { useServer } from "./server-context.tsx";
import { useUpdateServer } from "./use-update-server.ts";

const RecordBodiesField = dynamic(
  () => import("./record-bodies-field.tsx").then((module) => module.RecordBodiesField),
  { ssr: false },
);

const CHANGES: Record<Server["directAccess"], { title: string; label: string; text: string }> = {
  public: {
    title: "Let everybody into",
    label: "Make it public",
    text: "Whoever knows the MCP URL may call every tool within two seconds, without a key.",
  },
  key: {
    title: "Let only keys into",
    label: "Require a key",
    text: "Whoever presents no key of this server is refused within two seconds, also those who call it now.",
  },
  off: {
    title: "Close the direct URL of",
    label: "Close it",
    text: "Every caller is refused within two seconds, with or without a key. Smoke tests still run.",
  },
};

/** Who may use the direct URL, how long logs are kept, and what is kept in them. Each acts at once, after a question. */
export function AccessSettings({ readOnly }: { readOnly: boolean }) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const update = useUpdateServer(org, server.slug);
  const storage = useQuery(logStorageQuery(org, server.slug));
  const daysMax = storage.data?.retentionDaysMax ?? 90;
  const [shorter, setShorter] = useState<Server["retentionDays"] | null>(null);
  const [asked, setAsked] = useState<Server["directAccess"] | null>(null);
  const chooseAccess = (directAccess: Server["directAccess"]) => {
    // It changes something for callers only where the direct URL is the one that they use.
    if (server.gateway === null) setAsked(directAccess);
    else update.mutate({ directAccess });
  };
  const choose = (days: Server["retentionDays"]) => {
    if (days < server.retentionDays) setShorter(days);
    else update.mutate({ retentionDays: days });
  };
  return (
    <Card title="Access and history">
      <div className="grid gap-5 p-4">
        <DirectAccessField server={server} disabled={readOnly || update.isPending} onChange={chooseAccess} />
        <Field
          label="Log retention"
          hint={`How long requests and console lines are kept. Live logs work with every choice.${
            daysMax < 90 ? ` This installation allows at most: ${retentionLabel(daysMax).toLowerCase()}.` : ""
          }`}
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
                <option key={days} value={days} disabled={days > daysMax}>
                  {retentionLabel(days)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <LogStorage storage={storage} />
        <div id="record-bodies" className="min-h-16 scroll-mt-20">
          <RecordBodiesField
            server={server}
            disabled={readOnly || update.isPending}
            onChange={(recordBodies) => update.mutate({ recordBodies })}
          />
        </div>
      </div>
      <ConfirmDialog
        open={asked !== null}
        onOpenChange={() => setAsked(null)}
        title={asked === null ? "" : `${CHANGES[asked].title} ${server.name}?`}
        confirmLabel={asked === null ? "" : CHANGES[asked].label}
        danger={asked !== "key" || server.directAccess === "public"}
        onConfirm={() => {
          if (asked !== null) update.mutate({ directAccess: asked });
          setAsked(null);
        }}
      >
        {asked === null ? "" : CHANGES[asked].text}
      </ConfirmDialog>
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
