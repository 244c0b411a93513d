"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { notify } from "#components/ui/notify.ts";
import type { AccessKey } from "#lib/contract/index.ts";

interface RevokeKeyButtonProps {
  accessKey: AccessKey;
  /** What the key opens, in words, e.g. the name of the server; null where the page says it. */
  opens: string | null;
  revoke: () => Promise<unknown>;
  /** What is read again afterwards. */
  queryKey: readonly unknown[];
}

/** Asks for the key's name, and revokes it. */
export function RevokeKeyButton({ accessKey: key, opens, revoke, queryKey }: RevokeKeyButtonProps) {
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState(false);
  const revoking = useMutation({
    mutationFn: revoke,
    onSuccess: () => {
      setAsking(false);
      notify.success(`The key ${key.name} is revoked`);
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey }),
  });
  return (
    <>
      <Button size="sm" variant="ghost" aria-label={`Revoke ${key.name}`} onClick={() => setAsking(true)}>
        Revoke
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={(open) => {
          setAsking(open);
          if (!open) revoking.reset();
        }}
        title={`Revoke ${key.name}?`}
        phrase={key.name}
        confirmLabel="Revoke key"
        danger
        pending={revoking.isPending}
        error={revoking.error ? messageOf(revoking.error) : null}
        onConfirm={() => revoking.mutate()}
      >
        Whoever presents it{opens === null ? "" : ` to ${opens}`} is refused within two seconds, and told that
        it was revoked. This cannot be undone.
      </ConfirmDialog>
    </>
  );
}
