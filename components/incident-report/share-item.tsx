"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useIncident } from "#components/incidents/incident-context.tsx";
import { messageOf } from "#components/shell/error-message.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { notify } from "#components/ui/notify.ts";
import { Pill } from "#components/ui/pill.tsx";
import { Time } from "#components/ui/time.tsx";
import { useNow } from "#components/ui/use-now.ts";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import { incidentKey, revokeIncidentShare } from "#lib/client/queries/incidents.ts";
import type { IncidentShare } from "#lib/contract/incidents.ts";
import { SHARE_TONES, stateOfShare } from "./share-words.ts";

/** One link: who made it, until when it works, and its end. The link itself is known to nobody any more. */
export function ShareItem({ share, mayRevoke }: { share: IncidentShare; mayRevoke: boolean }) {
  const state = stateOfShare(share, useNow());
  return (
    <li className="flex items-center gap-3 px-4 py-2">
      <span className="grid min-w-0 flex-1 gap-0.5">
        <span className="flex flex-wrap items-center gap-x-2">
          <Pill tone={SHARE_TONES[state]}>{state}</Pill>
          <span className="text-xs">
            {state === "revoked" ? (
              <Time value={share.revokedAt ?? share.expiresAt} />
            ) : (
              <>
                {state === "works" ? "until " : ""}
                <Time value={share.expiresAt} display="datetime" />
              </>
            )}
          </span>
        </span>
        <span className="truncate text-faint text-xs">
          made <Time value={share.createdAt} />
          {share.createdBy ? ` by ${withSigns(share.createdBy)}` : ""}
        </span>
      </span>
      {mayRevoke && state === "works" ? <RevokeShare share={share} /> : null}
    </li>
  );
}

function RevokeShare({ share }: { share: IncidentShare }) {
  const { org, ref } = useIncident();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState(false);
  const revoke = useMutation({
    mutationFn: () => revokeIncidentShare(org, ref, share.id),
    onSuccess: () => {
      setAsking(false);
      notify.success("The link is revoked");
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: incidentKey(org, ref) }),
  });
  return (
    <>
      <Button size="sm" variant="ghost" onClick={() => setAsking(true)}>
        Revoke
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={(open) => {
          setAsking(open);
          if (!open) revoke.reset();
        }}
        title="Revoke this share link?"
        confirmLabel="Revoke link"
        danger
        pending={revoke.isPending}
        error={revoke.error ? messageOf(revoke.error) : null}
        onConfirm={() => revoke.mutate()}
      >
        Whoever opens it from now on is told that it is not valid any more. The report and other links stay.
      </ConfirmDialog>
    </>
  );
}
