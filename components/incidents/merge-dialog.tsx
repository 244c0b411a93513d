"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { errorOfForm } from "#components/shell/field-errors.ts";
import { QueryError } from "#components/shell/query-error.tsx";
import { Dialog, DialogBody, DialogContent } from "#components/ui/dialog.tsx";
import { DialogForm } from "#components/ui/dialog-form.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { notify } from "#components/ui/notify.ts";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { incidentsQuery, mergeIncident } from "#lib/client/queries/incidents.ts";
import { incidentsKey } from "#lib/client/queries/open-incidents.ts";
import type { Incident } from "#lib/contract/index.ts";
import { useIncident } from "./incident-context.tsx";
import { incidentHref } from "./incident-text.ts";

/** Ends this incident in another open one that is about the same. */
export function MergeDialog({ onClose }: { onClose: () => void }) {
  const { org, incident } = useIncident();
  const open = useQuery(incidentsQuery(org, { status: "open", page: 1 }));
  const others = open.data?.data.filter(({ id }) => id !== incident.id);
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <DialogContent title={`Merge #${incident.number} into another incident`}>
        {others === undefined ? (
          open.isError ? (
            <QueryError query={open} title="The open incidents could not be loaded" />
          ) : (
            <DialogBody aria-busy="true">
              <Skeleton className="h-8 w-full" />
            </DialogBody>
          )
        ) : others.length === 0 ? (
          <EmptyState title="No other incident is open">
            Incidents are merged into one that is still open.
          </EmptyState>
        ) : (
          <MergeForm others={others} onClose={onClose} />
        )}
      </DialogContent>
    </Dialog>
  );
}

function MergeForm({ others, onClose }: { others: readonly Incident[]; onClose: () => void }) {
  const { org, ref, incident } = useIncident();
  const queryClient = useQueryClient();
  const router = useRouter();
  const [chosen, setChosen] = useState(others[0]?.id ?? "");
  const into = others.find(({ id }) => id === chosen) ?? others[0];
  const merge = useMutation({
    mutationFn: (target: Incident) => mergeIncident(org, ref, target.id),
    onSuccess: (_, target) => {
      notify.success(`#${incident.number} is merged into #${target.number}`);
      onClose();
      router.push(incidentHref(org, target.number));
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: incidentsKey(org) }),
  });
  if (into === undefined) return null;
  return (
    <DialogForm
      submit={`Merge into #${into.number}`}
      pending={merge.isPending}
      onSubmit={() => merge.mutate(into)}
      error={errorOfForm(merge.error)}
      className="grid gap-3"
    >
      <Field label="Into">
        {(control) => (
          <Select {...control} value={into.id} onChange={(event) => setChosen(event.target.value)}>
            {others.map(({ id, number, title }) => (
              <option key={id} value={id}>
                {`#${number} ${title}`}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <p className="text-muted text-sm">
        {`Its alerts go to #${into.number}; its notes and evidence stay readable here, with a link. This cannot be undone.`}
      </p>
    </DialogForm>
  );
}
