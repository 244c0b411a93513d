"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { notify } from "#components/ui/notify.ts";
import { organizationKey } from "#lib/client/queries/organizations.ts";
import { deleteServer, serverKey } from "#lib/client/queries/servers.ts";
import { useServer } from "./server-context.tsx";

/** What cannot be undone. */
export function DangerZone() {
  const { slug: org } = useOrganization();
  const server = useServer();
  const router = useRouter();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState(false);
  const remove = useMutation({
    mutationFn: () => deleteServer(org, server.slug),
    onSuccess: async () => {
      notify.success(`${server.name} is deleted`);
      router.push(`/${org}/servers`);
      queryClient.removeQueries({ queryKey: serverKey(org, server.slug) });
      await queryClient.invalidateQueries({ queryKey: organizationKey(org) });
    },
  });
  return (
    <Card title="Danger zone" className="border-fail/30">
      <div className="flex flex-wrap items-center justify-between gap-3 p-4">
        <p className="text-muted">
          {server.kind === "hosted"
            ? "Deletes the server, its versions and its environment variables for good."
            : "Deletes the server and its upstream headers for good. The upstream itself goes on."}
        </p>
        <Button variant="danger-quiet" onClick={() => setAsking(true)}>
          Delete server
        </Button>
      </div>
      <ConfirmDialog
        open={asking}
        onOpenChange={(open) => {
          setAsking(open);
          if (!open) remove.reset();
        }}
        title={`Delete ${server.name}?`}
        phrase={server.slug}
        confirmLabel="Delete server"
        danger
        pending={remove.isPending || remove.isSuccess}
        error={remove.error ? messageOf(remove.error) : null}
        onConfirm={() => remove.mutate()}
      >
        Its MCP URL stops answering at once, and{" "}
        {server.kind === "hosted" ? "versions and variables" : "upstream headers"} are gone. This cannot be
        undone.
      </ConfirmDialog>
    </Card>
  );
}
