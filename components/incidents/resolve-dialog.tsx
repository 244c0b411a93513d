"use client";

import { useState } from "react";
import { errorOfForm } from "#components/shell/field-errors.ts";
import { Dialog, DialogContent } from "#components/ui/dialog.tsx";
import { DialogForm } from "#components/ui/dialog-form.tsx";
import { Field } from "#components/ui/field.tsx";
import { notify } from "#components/ui/notify.ts";
import { Textarea } from "#components/ui/textarea.tsx";
import { incidentLimits } from "#lib/kernel/limits/incidents.ts";
import { useIncident } from "./incident-context.tsx";
import { useUpdateIncident } from "./use-update-incident.ts";

/** Ends the incident, with what ended it. */
export function ResolveDialog({ onClose }: { onClose: () => void }) {
  const { incident } = useIncident();
  const [resolution, setResolution] = useState("");
  const update = useUpdateIncident({
    toast: false,
    done: () => {
      notify.success(`#${incident.number} is resolved`);
      onClose();
    },
  });
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={`Resolve #${incident.number}?`}
        description="It leaves the list of open incidents; nothing of it is lost, and it can be opened again."
      >
        <DialogForm
          submit={`Resolve #${incident.number}`}
          pending={update.isPending}
          onSubmit={() => update.mutate({ status: "resolved", resolution: resolution.trim() })}
          error={errorOfForm(update.error)}
          className="grid gap-3"
        >
          <Field label="What ended it" optional hint="Whoever has the same next time reads this first.">
            {(control) => (
              <Textarea
                {...control}
                value={resolution}
                onChange={(event) => setResolution(event.target.value)}
                maxLength={incidentLimits.noteCharactersMax}
              />
            )}
          </Field>
        </DialogForm>
      </DialogContent>
    </Dialog>
  );
}
