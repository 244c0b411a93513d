"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { CreatedKey } from "#components/access-keys/created-key.tsx";
import { errorOfField, errorOfForm } from "#components/shell/field-errors.ts";
import { Dialog, DialogContent } from "#components/ui/dialog.tsx";
import { DialogForm } from "#components/ui/dialog-form.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { agentsKey, rotateAgentKey } from "#lib/client/queries/agents.ts";
import type { AccessKey, CreatedAccessKey } from "#lib/contract/index.ts";
import { useAgent } from "./agent-context.tsx";
import { AgentKeyUsage } from "./agent-key-usage.tsx";

const OVERLAPS = [
  { hours: "0", label: "Ends at once" },
  { hours: "1", label: "1 hour" },
  { hours: "24", label: "24 hours" },
  { hours: "168", label: "7 days" },
  { hours: "720", label: "30 days" },
] as const;

/** Replaces a key by a new one; both work for a while, so that nothing stops while it is exchanged. */
export function RotateKeyDialog({ accessKey: key, onClose }: { accessKey: AccessKey; onClose: () => void }) {
  const [created, setCreated] = useState<CreatedAccessKey | null>(null);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={created ? `The new key ${created.name}` : `Rotate ${key.name}`}
        className={created ? "max-w-2xl" : ""}
      >
        {created ? (
          <CreatedKey created={created} usage={({ secret }) => <AgentKeyUsage secret={secret} />} />
        ) : (
          <RotateForm accessKey={key} onCreated={setCreated} />
        )}
      </DialogContent>
    </Dialog>
  );
}

function RotateForm(props: { accessKey: AccessKey; onCreated: (key: CreatedAccessKey) => void }) {
  const { org, agent } = useAgent();
  const queryClient = useQueryClient();
  const [hours, setHours] = useState("24");
  const rotate = useMutation({
    mutationFn: () => rotateAgentKey(org, agent.id, props.accessKey.id, { overlapHours: Number(hours) }),
    onSuccess: props.onCreated,
    onSettled: () => queryClient.invalidateQueries({ queryKey: agentsKey(org) }),
  });
  return (
    <DialogForm
      submit="Make the new key"
      pending={rotate.isPending}
      onSubmit={() => rotate.mutate()}
      error={errorOfForm(rotate.error, ["overlapHours"])}
    >
      <Field
        label="The old key works for"
        hint="Put the new key in place meanwhile; then the old one ends by itself."
        error={errorOfField(rotate.error, "overlapHours")}
      >
        {(control) => (
          <Select {...control} value={hours} onChange={(event) => setHours(event.target.value)}>
            {OVERLAPS.map((overlap) => (
              <option key={overlap.hours} value={overlap.hours}>
                {overlap.label}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </DialogForm>
  );
}
