import { AddIncidentNote, type IncidentEvent } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { actorKey, command } from "../access/index.ts";
import { actorNames } from "../servers/index.ts";
import { tellEvent, toEvent } from "./incident-events.ts";
import { changeIncident, getIncidentRow, IncidentRef } from "./incident-row.ts";

/** Writes a note into an incident, also into one that is over. Throws `limit_reached` when it has as many events as are kept. */
export const addIncidentNote = command({
  name: "incident.addNote",
  scope: "incidents:write",
  input: IncidentRef.extend(AddIncidentNote.shape),
  run: async (ctx, { incident, text, stage }) => {
    const row = await getIncidentRow(ctx.db, ctx.organization.id, incident, { lock: true });
    const event = await tellEvent(ctx, row, { kind: "note", text, stage });
    if (event === null)
      throw new DomainError("limit_reached", "This incident is full. Open another one and go on there.");
    await changeIncident(ctx, row, {});
    const value: IncidentEvent = toEvent(event, await actorNames(ctx.db, [actorKey(ctx.actor)]));
    return { value, audit: { entity: "incident", entityId: row.id, after: { eventId: event.id } } };
  },
});
