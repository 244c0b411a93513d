"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { QueryError } from "#components/shell/query-error.tsx";
import { Card } from "#components/ui/card.tsx";
import { formatCount, formatCounted } from "#components/ui/numbers.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import { incidentEventsQuery } from "#lib/client/queries/incidents.ts";
import type { IncidentEvent } from "#lib/contract/index.ts";
import { iconOfEvent } from "./event-look.ts";
import { useIncident } from "./incident-context.tsx";
import { pathHref } from "./incident-text.ts";
import { NoteForm } from "./note-form.tsx";

/** What is shown before somebody asks for the rest. */
const EVENTS_SHOWN = 20;

/** What happened, written as it happens: evidence, actions, operations, alerts and notes, newest first. */
export function EventsCard() {
  const { org, ref, mayWrite } = useIncident();
  const events = useQuery(incidentEventsQuery(org, ref));
  const [isAll, setAll] = useState(false);
  const newestFirst = events.data?.toSorted((left, right) => (left.at < right.at ? 1 : -1)) ?? [];
  const shown = isAll ? newestFirst : newestFirst.slice(0, EVENTS_SHOWN);
  return (
    <Card
      title="What happened"
      aside={
        events.data ? <span className="text-faint text-xs">{formatCount(events.data.length)}</span> : null
      }
    >
      {mayWrite ? (
        <div className="border-b px-4 py-3">
          <NoteForm stage={null} label="Note on the incident" />
        </div>
      ) : null}
      {events.data === undefined ? (
        events.isError ? (
          <QueryError query={events} title="What happened could not be loaded" />
        ) : (
          <div className="grid gap-3 px-4 py-3" aria-busy="true">
            <Skeleton className="w-3/4" />
            <Skeleton className="w-2/3" />
          </div>
        )
      ) : (
        <ol aria-label="Events" className="grid py-1.5">
          {shown.map((event) => (
            <EventRow key={event.id} org={org} event={event} />
          ))}
        </ol>
      )}
      {newestFirst.length > shown.length ? (
        <button
          type="button"
          onClick={() => setAll(true)}
          className="w-full border-t px-4 py-2 text-left text-accent text-xs hover:bg-raised focus-visible:-outline-offset-2"
        >
          Show {formatCounted(newestFirst.length - shown.length, "earlier event")}
        </button>
      ) : null}
    </Card>
  );
}

function EventRow({ org, event }: { org: string; event: IncidentEvent }) {
  const Icon = iconOfEvent(event.kind);
  return (
    <li className="grid grid-cols-[0.875rem_minmax(0,1fr)] gap-x-2.5 px-4 py-1.5">
      <Icon aria-hidden="true" className="mt-0.5 size-3.5 text-faint" />
      <div className="min-w-0">
        <p className="whitespace-pre-wrap break-words text-sm">
          {event.path === null ? (
            event.text
          ) : (
            <Link href={pathHref(org, event.path)} className="rounded-sm text-accent hover:underline">
              {event.text}
            </Link>
          )}
        </p>
        <p className="text-faint text-xs">
          <Time value={event.at} />
          {event.actor ? ` · ${event.actor}` : null}
        </p>
      </div>
    </li>
  );
}
