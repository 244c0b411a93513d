"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { incidentLimits } from "#lib/kernel/limits/incidents.ts";
import { useIncident } from "./incident-context.tsx";
import { useUpdateIncident } from "./use-update-incident.ts";

/** The title of the incident, being changed. Escape leaves it as it was. */
export function TitleForm({ onDone }: { onDone: () => void }) {
  const { incident } = useIncident();
  const [title, setTitle] = useState(incident.title);
  const update = useUpdateIncident({ done: onDone });
  const isChanged = title.trim() !== "" && title.trim() !== incident.title;
  return (
    <form
      className="flex flex-wrap items-center gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (isChanged) update.mutate({ title: title.trim() });
        else onDone();
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") onDone();
      }}
    >
      <Input
        aria-label="Title"
        value={title}
        onChange={(event) => setTitle(event.target.value)}
        maxLength={incidentLimits.titleCharactersMax}
        autoFocus
        autoComplete="off"
        className="w-[min(34rem,80vw)] font-normal"
      />
      <Button size="sm" type="submit" variant="primary" pending={update.isPending}>
        Save
      </Button>
      <Button size="sm" variant="ghost" onClick={onDone}>
        Cancel
      </Button>
    </form>
  );
}
