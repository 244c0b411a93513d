"use client";

import { useQuery } from "@tanstack/react-query";
import { Time } from "#components/ui/time.tsx";
import { incidentEventsQuery } from "#lib/client/queries/incidents.ts";
import type { Stage } from "#lib/contract/index.ts";
import { useIncident } from "./incident-context.tsx";
import { NoteForm } from "./note-form.tsx";
import { STAGE_WORDS } from "./stages.ts";

/** What people wrote about one step, and the place to write more. */
export function StageNotes({ stage }: { stage: Stage }) {
  const { org, ref, mayWrite } = useIncident();
  const { data: events } = useQuery(incidentEventsQuery(org, ref));
  const notes = events?.filter((event) => event.kind === "note" && event.stage === stage) ?? [];
  if (notes.length === 0 && !mayWrite) return null;
  return (
    <div className="grid gap-2.5 border-t px-4 py-3">
      {notes.map((note) => (
        <p key={note.id} className="whitespace-pre-wrap break-words text-sm">
          <span className="text-faint text-xs">
            {note.actor ?? "somebody"}, <Time value={note.at} />:{" "}
          </span>
          {note.text}
        </p>
      ))}
      {mayWrite ? <NoteForm stage={stage} label={`Note on ${STAGE_WORDS[stage].label}`} /> : null}
    </div>
  );
}
