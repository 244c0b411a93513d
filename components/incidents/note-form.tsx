"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { addIncidentNote, incidentKey } from "#lib/client/queries/incidents.ts";
import type { Stage } from "#lib/contract/index.ts";
import { incidentLimits } from "#lib/kernel/limits/incidents.ts";
import { useIncident } from "./incident-context.tsx";

/** What somebody found, for those who read it later. `stage`: the step that it belongs to; null: the incident. */
export function NoteForm({ stage, label }: { stage: Stage | null; label: string }) {
  const { org, ref } = useIncident();
  const queryClient = useQueryClient();
  const [text, setText] = useState("");
  const add = useMutation({
    mutationFn: (note: string) => addIncidentNote(org, ref, { text: note, stage }),
    onSuccess: () => setText(""),
    onSettled: () => queryClient.invalidateQueries({ queryKey: incidentKey(org, ref) }),
  });
  const submit = () => {
    const note = text.trim();
    if (note !== "" && !add.isPending) add.mutate(note);
  };
  return (
    <form
      className="grid gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Textarea
        aria-label={label}
        placeholder={label}
        rows={2}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) submit();
        }}
        maxLength={incidentLimits.noteCharactersMax}
      />
      {add.error ? <Notice tone="fail">{messageOf(add.error)}</Notice> : null}
      {text.trim() === "" ? null : (
        <Button size="sm" type="submit" pending={add.isPending} className="justify-self-end">
          Add note
        </Button>
      )}
    </form>
  );
}
