"use client";

import { useId, useState } from "react";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Label } from "#components/ui/label.tsx";
import { Switch } from "#components/ui/switch.tsx";
import type { Server } from "#lib/contract/index.ts";
import { retentionLabel } from "./retention.ts";

interface RecordBodiesFieldProps {
  server: Pick<Server, "name" | "recordBodies" | "retentionDays">;
  disabled: boolean;
  onChange: (recordBodies: boolean) => void;
}

/** Whether what is said in calls is kept beside them. Turning it on is a decision about other people's data, so it asks. */
export function RecordBodiesField({ server, disabled, onChange }: RecordBodiesFieldProps) {
  const id = useId();
  const [isAsking, setAsking] = useState(false);
  return (
    <div className="flex items-start gap-3">
      <Switch
        id={id}
        className="mt-0.5"
        checked={server.recordBodies}
        disabled={disabled}
        aria-describedby={`${id}-hint`}
        onCheckedChange={(on) => (on ? setAsking(true) : onChange(false))}
      />
      <div className="grid min-w-0 gap-1">
        <Label htmlFor={id}>Record what is said</Label>
        <p id={`${id}-hint`} className="max-w-prose text-muted text-xs">
          Keeps the request and the response of every message with its row in the request log: known secrets
          are redacted, and each is cut at 32 KiB.{" "}
          {server.retentionDays === 0
            ? "While the server is live only, nothing of it is kept."
            : "They are deleted with their rows. What was recorded stays until then when this is turned off."}
        </p>
      </div>
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title={`Record what is said to ${server.name}?`}
        confirmLabel="Record it"
        onConfirm={() => {
          setAsking(false);
          onChange(true);
        }}
      >
        {`Arguments and answers may hold personal data of the people who use this server. Everybody who may read its logs can read them, as long as the log is kept: ${retentionLabel(server.retentionDays).toLowerCase()}. Redaction finds secrets, not names or addresses.`}
      </ConfirmDialog>
    </div>
  );
}
