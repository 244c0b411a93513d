"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { diagnoseIncident } from "#lib/client/queries/incidents.ts";
import { incidentsKey } from "#lib/client/queries/open-incidents.ts";

/** Collects fresh evidence and judges it again. One at a time for an incident, wherever it is started. */
export function useDiagnoseAgain(org: string, incident: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => diagnoseIncident(org, incident),
    onSettled: () => queryClient.invalidateQueries({ queryKey: incidentsKey(org) }),
  });
}
