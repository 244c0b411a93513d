"use client";

import { useState } from "react";
import { errorOfForm } from "#components/shell/field-errors.ts";
import { Dialog, DialogContent } from "#components/ui/dialog.tsx";
import { DialogForm } from "#components/ui/dialog-form.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { incidentLimits } from "#lib/kernel/limits/incidents.ts";
import { useIncident } from "./incident-context.tsx";
import { causeText } from "./incident-text.ts";
import { useUpdateIncident } from "./use-update-incident.ts";

const VERDICT_CHARACTERS_MAX = 100;
const CAUSES = "incident-causes";

/** A person names the cause, over what the diagnosis says; the diagnosis stays to be read. */
export function OverrideDialog({ onClose }: { onClose: () => void }) {
  const { incident } = useIncident();
  const [verdict, setVerdict] = useState("");
  const [note, setNote] = useState("");
  const update = useUpdateIncident({ toast: false, done: onClose });
  const candidates = (incident.diagnosis?.alternatives ?? []).map(({ code }) => causeText(code));
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={`What is the cause of #${incident.number}?`}
        description="Your word stands on top, with your name. What the diagnosis says stays below it."
      >
        <DialogForm
          submit="Put it on top"
          pending={update.isPending}
          onSubmit={() => {
            if (verdict.trim() && note.trim())
              update.mutate({ override: { verdict: verdict.trim(), note: note.trim() } });
          }}
          error={errorOfForm(update.error)}
        >
          <Field label="Cause" hint="In a few words.">
            {(control) => (
              <Input
                {...control}
                value={verdict}
                onChange={(event) => setVerdict(event.target.value)}
                maxLength={VERDICT_CHARACTERS_MAX}
                list={CAUSES}
                autoComplete="off"
                required
              />
            )}
          </Field>
          <datalist id={CAUSES}>
            {candidates.map((cause) => (
              <option key={cause} value={cause} />
            ))}
          </datalist>
          <Field label="How you know" hint="What you saw that the diagnosis did not.">
            {(control) => (
              <Textarea
                {...control}
                value={note}
                onChange={(event) => setNote(event.target.value)}
                maxLength={incidentLimits.noteCharactersMax}
                required
              />
            )}
          </Field>
        </DialogForm>
      </DialogContent>
    </Dialog>
  );
}
