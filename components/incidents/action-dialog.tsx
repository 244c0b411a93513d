"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Dialog, DialogContent } from "#components/ui/dialog.tsx";
import { notify } from "#components/ui/notify.ts";
import { SecretOnce } from "#components/ui/secret-once.tsx";
import { ShownOnce } from "#components/ui/shown-once.tsx";
import { ApiError } from "#lib/client/api-error.ts";
import { newIdempotencyKey } from "#lib/client/idempotency-key.ts";
import { takeIncidentAction } from "#lib/client/queries/incidents.ts";
import { organizationKey } from "#lib/client/queries/organizations.ts";
import type { IncidentActionResult, SuggestedAction } from "#lib/contract/index.ts";
import { ACTION_WORDS } from "./action-words.ts";
import { useIncident } from "./incident-context.tsx";
import { pathHref } from "./incident-text.ts";
import { NewCapField, useNewCap } from "./new-cap-field.tsx";

interface ActionDialogProps {
  action: SuggestedAction;
  onClose: () => void;
}

/** Asks before an action, does it, and tells how it ended; a new key's secret is shown this once. */
export function ActionDialog({ action, onClose }: ActionDialogProps) {
  const { org, incident, ref } = useIncident();
  const queryClient = useQueryClient();
  const router = useRouter();
  const [made, setMade] = useState<MadeKey | null>(null);
  // Kept until there is an answer, so that a second press does not act twice.
  const [idempotencyKey, setIdempotencyKey] = useState(newIdempotencyKey);
  const cap = useNewCap();
  const words = ACTION_WORDS[action.action];
  const act = useMutation({
    mutationFn: () =>
      takeIncidentAction(
        org,
        ref,
        {
          action: action.action,
          targetId: action.targetId,
          ...(action.action === "raise_budget" && cap.micros !== null
            ? { capMicros: String(cap.micros) }
            : {}),
        },
        idempotencyKey,
      ),
    onSuccess: (result) => {
      tell(result, (path) => router.push(pathHref(org, path)));
      if (result.secret === null) onClose();
      else setMade({ secret: result.secret, message: result.message });
    },
    onError: (error) => {
      if (error instanceof ApiError && error.status !== 0) setIdempotencyKey(newIdempotencyKey());
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: organizationKey(org) }),
  });
  if (made !== null) return <NewSecret made={made} onClose={onClose} />;
  const isBudget = action.action === "raise_budget";
  const agent = incident.agent?.id === action.targetId ? incident.agent : null;
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`${action.label}?`}
      confirmLabel={words.confirm}
      danger={words.danger}
      {...(action.action === "pause_agent" && agent ? { phrase: agent.name } : {})}
      pending={act.isPending}
      error={act.error ? messageOf(act.error) : null}
      onConfirm={() => {
        if (!isBudget || cap.check()) act.mutate();
      }}
    >
      <div className="grid gap-3 text-left">
        <p>{words.consequence}</p>
        {isBudget ? <NewCapField org={org} agent={action.targetId} cap={cap} /> : null}
      </div>
    </ConfirmDialog>
  );
}

function tell({ status, message, path }: IncidentActionResult, go: (path: string) => void): void {
  const action = path === null ? undefined : { label: "View", onClick: () => go(path) };
  if (status === "failed") notify.error(message, { action });
  else if (status === "started") notify.info(message, { action });
  else notify.success(message, { action });
}

interface MadeKey {
  secret: string;
  /** What becomes of the old one. */
  message: string;
}

function NewSecret({ made, onClose }: { made: MadeKey; onClose: () => void }) {
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent title="The new key" className="max-w-2xl">
        <ShownOnce>
          <p className="text-muted text-sm">{made.message}</p>
          <SecretOnce value={made.secret} label="key" />
        </ShownOnce>
      </DialogContent>
    </Dialog>
  );
}
