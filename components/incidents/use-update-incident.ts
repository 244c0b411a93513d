"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { z } from "zod";
import { messageOf } from "#components/shell/error-message.ts";
import { notify } from "#components/ui/notify.ts";
import { updateIncident } from "#lib/client/queries/incidents.ts";
import { incidentsKey } from "#lib/client/queries/open-incidents.ts";
import type { UpdateIncident } from "#lib/contract/index.ts";
import { useIncident } from "./incident-context.tsx";

type Change = z.input<typeof UpdateIncident>;

/** Changes the incident of the page; everything that shows incidents is read again. `toast`: how a refusal is told where no form shows it. */
export function useUpdateIncident({ done, toast = true }: { done?: () => void; toast?: boolean } = {}) {
  const { org, ref, incident } = useIncident();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (change: Change) => updateIncident(org, ref, change),
    onSuccess: () => done?.(),
    onError: (error) => {
      if (toast) notify.error(`#${incident.number} was not changed`, { description: messageOf(error) });
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: incidentsKey(org) }),
  });
}
