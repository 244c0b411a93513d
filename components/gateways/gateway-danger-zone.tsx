"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { notify } from "#components/ui/notify.ts";
import { formatCounted } from "#components/ui/numbers.ts";
import { deleteGateway, gatewayKey } from "#lib/client/queries/gateways.ts";
import { organizationKey } from "#lib/client/queries/organizations.ts";
import { useGateway } from "./gateway-context.tsx";

/** What cannot be undone. Servers are detached first, so that no URL opens or closes unasked. */
export function GatewayDangerZone() {
  const { org, gateway } = useGateway();
  const router = useRouter();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState(false);
  const remove = useMutation({
    mutationFn: () => deleteGateway(org, gateway.id),
    onSuccess: async () => {
      notify.success(`${gateway.name} is deleted`);
      router.push(`/${org}/gateways`);
      queryClient.removeQueries({ queryKey: gatewayKey(org, gateway.id) });
      await queryClient.invalidateQueries({ queryKey: organizationKey(org) });
    },
  });
  const attached = gateway.servers.length;
  return (
    <Card title="Danger zone" className="border-fail/30">
      <div className="flex flex-wrap items-center justify-between gap-3 p-4">
        <p className="min-w-0 flex-1 basis-64 text-muted">
          {attached > 0
            ? `${formatCounted(attached, "server is", "servers are")} behind this gateway. Detach first: then each direct URL opens when you say so, and the gateway can be deleted.`
            : "Deletes the gateway with its grants, and revokes its keys for good. Its log stays until the servers' retention ends."}
        </p>
        {attached > 0 ? (
          <Button asChild>
            <Link href={`/${org}/gateways/${gateway.id}/servers`}>Go to servers</Link>
          </Button>
        ) : (
          <Button variant="danger-quiet" onClick={() => setAsking(true)}>
            Delete gateway
          </Button>
        )}
      </div>
      <ConfirmDialog
        open={asking}
        onOpenChange={(open) => {
          setAsking(open);
          if (!open) remove.reset();
        }}
        title={`Delete ${gateway.name}?`}
        phrase={gateway.name}
        confirmLabel="Delete gateway"
        danger
        pending={remove.isPending || remove.isSuccess}
        error={remove.error ? messageOf(remove.error) : null}
        onConfirm={() => remove.mutate()}
      >
        Its keys are refused from then on, and its grants are gone. This cannot be undone.
      </ConfirmDialog>
    </Card>
  );
}
