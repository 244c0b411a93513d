"use client";

import Link from "next/link";
import { SeverityPill } from "#components/alerts/severity-pill.tsx";
import { cn } from "#components/ui/class-names.ts";
import { formatCount } from "#components/ui/numbers.ts";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Incident } from "#lib/contract/index.ts";
import { INCIDENT_COLUMNS } from "./incident-columns.ts";
import { IncidentStatusPill } from "./incident-status-pill.tsx";
import { incidentHref } from "./incident-text.ts";

/** One row per incident. On a phone everything stands below the title. */
export function IncidentTable({ org, incidents }: { org: string; incidents: readonly Incident[] }) {
  return (
    <Table label="Incidents">
      <IncidentTableHead />
      <TableBody>
        {incidents.map((incident) => (
          <IncidentRow key={incident.id} org={org} incident={incident} />
        ))}
      </TableBody>
    </Table>
  );
}

export function IncidentTableHead() {
  return (
    <TableHead>
      <TableRow>
        {INCIDENT_COLUMNS.map((column) => (
          <TableHeader key={column.id} numeric={column.numeric === true} className={column.className}>
            {column.label}
          </TableHeader>
        ))}
      </TableRow>
    </TableHead>
  );
}

/** What is said below the title: the cause that a person named, else what the diagnosis says. */
function headlineOf(incident: Incident): string {
  if (incident.override) return incident.override.verdict;
  return incident.diagnosisStatus === "pending" ? "Looking for the cause …" : incident.headline;
}

function IncidentRow({ org, incident }: { org: string; incident: Incident }) {
  const about = incident.server?.name ?? incident.agent?.name ?? null;
  return (
    <TableRow className="relative transition-colors focus-within:bg-raised/60 hover:bg-raised/60">
      <TableCell className="w-full max-w-0 whitespace-normal py-2">
        <Link
          data-row={incident.severity === "critical" ? "error" : ""}
          href={incidentHref(org, incident.number)}
          className="line-clamp-2 break-words rounded-sm font-medium outline-offset-2 after:absolute after:inset-0 sm:line-clamp-1"
        >
          <span className="mr-1.5 font-normal text-faint">#{incident.number}</span>
          {incident.title}
        </Link>
        <span className="line-clamp-2 text-muted text-xs sm:line-clamp-1">{headlineOf(incident)}</span>
        <span className="mt-1.5 flex flex-wrap items-center gap-x-2 gap-y-1 text-faint text-xs sm:hidden">
          <SeverityPill severity={incident.severity} />
          <IncidentStatusPill status={incident.status} />
          <Time value={incident.openedAt} className="relative" />
          {incident.owner ? <span>{incident.owner.name}</span> : null}
        </span>
      </TableCell>
      <TableCell className="hidden sm:table-cell">
        <SeverityPill severity={incident.severity} />
      </TableCell>
      <TableCell className="hidden sm:table-cell">
        <IncidentStatusPill status={incident.status} />
      </TableCell>
      <TableCell className={cn("hidden max-w-44 truncate md:table-cell", about === null && "text-faint")}>
        {about ?? "organization"}
        {incident.tool ? <span className="block truncate text-faint text-xs">{incident.tool}</span> : null}
      </TableCell>
      <TableCell
        className={cn("hidden max-w-36 truncate lg:table-cell", incident.owner === null && "text-faint")}
      >
        {incident.owner?.name ?? "nobody"}
      </TableCell>
      <TableCell numeric className={cn("hidden lg:table-cell", incident.alertCount === 0 && "text-faint")}>
        {formatCount(incident.alertCount)}
      </TableCell>
      <TableCell className="hidden text-muted sm:table-cell">
        <Time value={incident.openedAt} className="relative" />
      </TableCell>
    </TableRow>
  );
}
