import { SeverityPill } from "#components/alerts/severity-pill.tsx";
import { IncidentStatusPill } from "#components/incidents/incident-status-pill.tsx";
import { SYMPTOM_WORDS } from "#components/incidents/symptoms.ts";
import { Fact } from "#components/requests/fact.tsx";
import { Time } from "#components/ui/time.tsx";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import type { Incident } from "#lib/contract/incidents.ts";

/** Whose incident it is, about what, since when. */
export function ReportFacts({ incident }: { incident: Incident }) {
  const { server, agent, tool, client, requestId, owner, resolvedAt, resolution, symptom, window } = incident;
  return (
    <dl className="grid gap-x-8 gap-y-1.5 sm:grid-cols-2">
      <Fact name="Status">
        <span className="flex flex-wrap gap-1.5">
          <IncidentStatusPill status={incident.status} />
          <SeverityPill severity={incident.severity} />
        </span>
      </Fact>
      {symptom === null ? null : <Fact name="Symptom">{SYMPTOM_WORDS[symptom].label}</Fact>}
      {server === null ? null : <Fact name="Server">{withSigns(server.name)}</Fact>}
      {agent === null ? null : <Fact name="Agent">{withSigns(agent.name)}</Fact>}
      {tool === null ? null : <Fact name="Tool">{withSigns(tool)}</Fact>}
      {client === null ? null : <Fact name="Client">{withSigns(client)}</Fact>}
      {requestId === null ? null : (
        <Fact name="Request">
          <code className="break-all text-xs">{requestId}</code>
        </Fact>
      )}
      <Fact name="Window">
        <Time value={window.from} display="datetime" /> – <Time value={window.to} display="datetime" />
      </Fact>
      <Fact name="Opened">
        <Time value={incident.openedAt} display="datetime" /> by {withSigns(incident.openedBy)}
      </Fact>
      <Fact name="Owner">{owner === null ? "nobody" : withSigns(owner.name)}</Fact>
      {resolvedAt === null ? null : (
        <Fact name="Resolved">
          <Time value={resolvedAt} display="datetime" />
          {resolution === null ? "" : `: ${withSigns(resolution)}`}
        </Fact>
      )}
    </dl>
  );
}
