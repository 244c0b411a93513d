"use client";

import Link from "next/link";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Time } from "#components/ui/time.tsx";
import { useIncident } from "./incident-context.tsx";
import { incidentHref } from "./incident-text.ts";
import { useUpdateIncident } from "./use-update-incident.ts";

/** How the incident stands, where that is more than its status: merged, resolved, recovering, or named by a person. */
export function IncidentNotices() {
  const { org, incident } = useIncident();
  const { mergedInto, resolvedAt, resolution, recovery } = incident;
  return (
    <>
      {mergedInto ? (
        <Notice
          action={
            <Button asChild size="sm">
              <Link href={incidentHref(org, mergedInto.number)}>{`Open #${mergedInto.number}`}</Link>
            </Button>
          }
        >
          {`It is the same as #${mergedInto.number} and goes on there. What is here stays as it was.`}
        </Notice>
      ) : null}
      {incident.status === "resolved" && resolvedAt ? (
        <Notice tone="ok">
          Resolved <Time value={resolvedAt} />
          {resolution ? <span className="whitespace-pre-wrap">: {resolution}</span> : "."}
        </Notice>
      ) : null}
      {recovery && recovery.green > 0 && incident.status !== "resolved" ? (
        <Notice tone="ok">
          {`It works again: ${recovery.green} of ${recovery.needed} checks in a row are green. Then it resolves by itself.`}
        </Notice>
      ) : null}
      <OverrideNotice />
    </>
  );
}

/** What a person says the cause is; it stands over the diagnosis until it is taken back. */
function OverrideNotice() {
  const { incident, mayWrite } = useIncident();
  const update = useUpdateIncident();
  const { override } = incident;
  if (override === null) return null;
  return (
    <Notice
      tone="info"
      action={
        mayWrite ? (
          <Button size="sm" pending={update.isPending} onClick={() => update.mutate({ override: null })}>
            Take it back
          </Button>
        ) : null
      }
    >
      <p className="font-semibold text-base">{override.verdict}</p>
      <p className="whitespace-pre-wrap">{override.note}</p>
      <p className="mt-0.5 text-faint text-xs">
        {override.by.name}, <Time value={override.at} />. What the diagnosis says stands below.
      </p>
    </Notice>
  );
}
