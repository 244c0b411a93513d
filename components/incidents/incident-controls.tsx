"use client";

import { CircleCheck, GitMerge, RotateCcw, Search } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { WhyReadOnly } from "#components/shell/why-read-only.tsx";
import { Button } from "#components/ui/button.tsx";
import { useIncident } from "./incident-context.tsx";
import { useUpdateIncident } from "./use-update-incident.ts";

const ResolveDialog = dynamic(() => import("./resolve-dialog.tsx").then((module) => module.ResolveDialog), {
  ssr: false,
});
const MergeDialog = dynamic(() => import("./merge-dialog.tsx").then((module) => module.MergeDialog), {
  ssr: false,
});

/** How an incident goes on: somebody looks into it, it is over, it is back, or it is the same as another one. */
export function IncidentControls() {
  const { incident, mayWrite } = useIncident();
  const update = useUpdateIncident();
  const [asking, setAsking] = useState<"resolve" | "merge" | null>(null);
  if (incident.status === "merged") return null;
  if (!mayWrite) return <WhyReadOnly changing="incidents" />;
  const isResolved = incident.status === "resolved";
  return (
    <>
      <Button onClick={() => setAsking("merge")}>
        <GitMerge aria-hidden="true" />
        Merge
      </Button>
      {incident.status === "open" ? (
        <Button pending={update.isPending} onClick={() => update.mutate({ status: "investigating" })}>
          <Search aria-hidden="true" />
          Investigate
        </Button>
      ) : null}
      {isResolved ? (
        <Button pending={update.isPending} onClick={() => update.mutate({ status: "open" })}>
          <RotateCcw aria-hidden="true" />
          Reopen
        </Button>
      ) : (
        <Button variant="primary" onClick={() => setAsking("resolve")}>
          <CircleCheck aria-hidden="true" />
          Resolve
        </Button>
      )}
      {asking === "resolve" ? <ResolveDialog onClose={() => setAsking(null)} /> : null}
      {asking === "merge" ? <MergeDialog onClose={() => setAsking(null)} /> : null}
    </>
  );
}
