"use client";

import { Download } from "lucide-react";
import { Card } from "#components/ui/card.tsx";
import { formatCounted } from "#components/ui/numbers.ts";
import { Time } from "#components/ui/time.tsx";
import { incidentEvidenceUrl } from "#lib/client/queries/incidents.ts";
import { useIncident } from "./incident-context.tsx";

const SHA_CHARACTERS_SHOWN = 8;

/** Every diagnosis that was made, with what it was made of as a file: the same evidence gives the same diagnosis. */
export function DiagnosisHistory() {
  const { org, incident, ref } = useIncident();
  if (incident.evidence.length === 0) return null;
  return (
    <Card>
      <details>
        <summary className="px-4 py-2.5 text-muted text-xs focus-visible:-outline-offset-2">
          {formatCounted(incident.evidence.length, "diagnosis", "diagnoses")} with the evidence
        </summary>
        <ul className="divide-y border-t">
          {incident.evidence.map(({ id, at, headline, sha256 }) => (
            <li key={id} className="flex flex-wrap items-baseline gap-x-3 gap-y-1 px-4 py-2 text-sm">
              <Time value={at} display="datetime" className="text-faint text-xs" />
              <span className="min-w-0 flex-1 basis-48 break-words">{headline}</span>
              <a
                href={incidentEvidenceUrl(org, ref, id)}
                download={`incident-${incident.number}-evidence-${sha256.slice(0, SHA_CHARACTERS_SHOWN)}.json`}
                title={`SHA-256 ${sha256}`}
                className="inline-flex items-center gap-1 rounded-sm text-accent text-xs hover:underline"
              >
                <Download aria-hidden="true" className="size-3.5" />
                <span className="font-mono">{sha256.slice(0, SHA_CHARACTERS_SHOWN)}</span>
                <span className="sr-only"> evidence as JSON</span>
              </a>
            </li>
          ))}
        </ul>
      </details>
    </Card>
  );
}
