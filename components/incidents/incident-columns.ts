interface IncidentColumn {
  id: string;
  label: string;
  numeric?: boolean;
  className?: string;
}

/** The columns of the list of incidents. */
export const INCIDENT_COLUMNS: readonly IncidentColumn[] = [
  { id: "incident", label: "Incident" },
  { id: "severity", label: "Severity", className: "hidden sm:table-cell" },
  { id: "status", label: "Status", className: "hidden sm:table-cell" },
  { id: "about", label: "About", className: "hidden md:table-cell" },
  { id: "owner", label: "Owner", className: "hidden lg:table-cell" },
  { id: "alerts", label: "Alerts", numeric: true, className: "hidden lg:table-cell" },
  { id: "opened", label: "Opened", className: "hidden sm:table-cell" },
];
