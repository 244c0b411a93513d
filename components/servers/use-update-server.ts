"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { z } from "zod";
import { messageOf } from "#components/shell/error-message.ts";
import { notify } from "#components/ui/notify.ts";
import { organizationKey } from "#lib/client/queries/organizations.ts";
import { serverQuery, updateServer } from "#lib/client/queries/servers.ts";
import type { UpdateServer } from "#lib/contract/index.ts";

/** Changes settings of a server; the page shows the stored result at once. */
export function useUpdateServer(org: string, slug: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (change: z.input<typeof UpdateServer>) => updateServer(org, slug, change),
    onSuccess: (server) => {
      queryClient.setQueryData(serverQuery(org, slug).queryKey, server);
      notify.success(`${server.name}: settings saved`);
    },
    onError: (error) => notify.error("The settings were not saved", { description: messageOf(error) }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: organizationKey(org) }),
  });
}
