/**
 * Incidents: what is wrong, from the first sign until it is over. An incident keeps its diagnoses with their evidence and writes
 * down by itself what happens around it. Alerts open incidents; nothing here changes how traffic is served.
 */

import { diagnoseIncidentWith } from "./diagnose-incident.ts";
import { diagnose } from "./engine.ts";
import { openIncidentWith } from "./open-incident.ts";

export { addIncidentNote } from "./add-incident-note.ts";
export type { Diagnose } from "./diagnose-subject.ts";
export { getIncident } from "./get-incident.ts";
export { getIncidentEvidence } from "./get-incident-evidence.ts";
export { withoutMoney } from "./hide-money.ts";
export { listIncidentEvents } from "./list-incident-events.ts";
export { listIncidents } from "./list-incidents.ts";
export { mergeIncident } from "./merge-incident.ts";
export { updateIncident } from "./update-incident.ts";

export const openIncident = openIncidentWith(diagnose);
export const diagnoseIncident = diagnoseIncidentWith(diagnose);
