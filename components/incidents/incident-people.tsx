"use client";

import { useQuery } from "@tanstack/react-query";
import { SeverityPill } from "#components/alerts/severity-pill.tsx";
import { Select } from "#components/ui/select.tsx";
import { membersQuery } from "#lib/client/queries/members.ts";
import type { Incident } from "#lib/contract/index.ts";
import { useIncident } from "./incident-context.tsx";
import { useUpdateIncident } from "./use-update-incident.ts";

const SEVERITIES = ["info", "warning", "critical"] as const satisfies readonly Incident["severity"][];

/** Who has it. Members are asked for only where one can be chosen. */
export function OwnerPicker() {
  const { org, incident, mayWrite } = useIncident();
  const members = useQuery({ ...membersQuery(org), enabled: mayWrite });
  const update = useUpdateIncident();
  if (!mayWrite) return <span>{incident.owner?.name ?? "nobody"}</span>;
  const people = members.data?.map(({ userId, name }) => ({ id: userId, name })) ?? [];
  const { owner } = incident;
  const choices = owner && !people.some(({ id }) => id === owner.id) ? [owner, ...people] : people;
  return (
    <Select
      aria-label="Owner"
      value={owner?.id ?? ""}
      disabled={update.isPending}
      onChange={(event) => update.mutate({ ownerId: event.target.value || null })}
      className="max-w-44 text-xs [&>select]:h-7 [&>select]:text-xs"
    >
      <option value="">nobody</option>
      {choices.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </Select>
  );
}

/** How bad it is. */
export function SeverityPicker() {
  const { incident, mayWrite } = useIncident();
  const update = useUpdateIncident();
  if (!mayWrite) return <SeverityPill severity={incident.severity} />;
  return (
    <Select
      aria-label="Severity"
      value={incident.severity}
      disabled={update.isPending}
      onChange={(event) => {
        const severity = SEVERITIES.find((known) => known === event.target.value);
        if (severity) update.mutate({ severity });
      }}
      className="[&>select]:h-7 [&>select]:text-xs"
    >
      {SEVERITIES.map((severity) => (
        <option key={severity} value={severity}>
          {severity}
        </option>
      ))}
    </Select>
  );
}
