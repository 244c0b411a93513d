/**
 * Incidents: what is wrong, from the first sign until it is over. An incident keeps its diagnoses with their evidence and writes
 * down by itself what happens around it. Alerts open incidents; nothing here changes how traffic is served.
 */

import { diagnoseNow } from "../diagnosis/index.ts";
import { diagnoseIncidentWith } from "./diagnose-incident.ts";
import { diagnosePendingWith } from "./diagnose-pending.ts";
import { openIncidentWith } from "./open-incident.ts";
import { openIncidentsFromAlertsWith } from "./open-incidents-from-alerts.ts";
import { lookAtServer, recheckIncidentsWith } from "./recheck-incidents.ts";

export { addIncidentNote } from "./add-incident-note.ts";
export { compareIncident } from "./compare-incident.ts";
export { deleteOldIncidents } from "./delete-old-incidents.ts";
export { edgesReport } from "./edges-report.ts";
export { exportIncident } from "./export-incident.ts";
export { followIncidents } from "./follow-incidents.ts";
export { getIncident } from "./get-incident.ts";
export { getIncidentEvidence } from "./get-incident-evidence.ts";
export { getIncidentTimeline } from "./get-incident-timeline.ts";
export {
  createIncidentShare,
  getSharedReport,
  listIncidentShares,
  revokeIncidentShare,
} from "./incident-shares.ts";
export { listIncidentEvents } from "./list-incident-events.ts";
export { listIncidents } from "./list-incidents.ts";
export { mergeIncident } from "./merge-incident.ts";
export { replayEvidence } from "./replay-evidence.ts";
export { takeIncidentAction } from "./take-incident-action.ts";
export { updateIncident } from "./update-incident.ts";

export const openIncident = openIncidentWith(diagnoseNow);
export const diagnoseIncident = diagnoseIncidentWith(diagnoseNow);
export const diagnosePending = diagnosePendingWith(diagnoseNow);
export const openIncidentsFromAlerts = openIncidentsFromAlertsWith(diagnoseNow);
export const recheckIncidents = recheckIncidentsWith(lookAtServer);
