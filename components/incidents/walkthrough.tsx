"use client";

// What is the cause, what does that stand on, and what do I do now?

import { PencilLine, RefreshCw, Stethoscope } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { PageBody } from "#components/shell/page-body.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { useNow } from "#components/ui/use-now.ts";
import { isBeingDiagnosed } from "#lib/client/being-diagnosed.ts";
import type { SuggestedAction } from "#lib/contract/index.ts";
import { useIncident } from "./incident-context.tsx";
import { IncidentNotices } from "./incident-notices.tsx";
import { Looking } from "./looking.tsx";
import { useDiagnoseAgain } from "./use-diagnose-again.ts";
import { VerdictCard } from "./verdict-card.tsx";
import { WalkthroughSteps } from "./walkthrough-steps.tsx";

// What is beside the diagnosis comes after it.
const EventsCard = dynamic(() => import("./events-card.tsx").then((module) => module.EventsCard), {
  ssr: false,
  loading: () => <Skeleton className="h-72 w-full rounded-lg" />,
});
const DiagnosisHistory = dynamic(
  () => import("./diagnosis-history.tsx").then((module) => module.DiagnosisHistory),
  { ssr: false },
);
const ActionDialog = dynamic(() => import("./action-dialog.tsx").then((module) => module.ActionDialog), {
  ssr: false,
});
const OverrideDialog = dynamic(
  () => import("./override-dialog.tsx").then((module) => module.OverrideDialog),
  { ssr: false },
);

export function Walkthrough() {
  const { org, incident, ref, mayWrite } = useIncident();
  const again = useDiagnoseAgain(org, ref);
  const [isOverriding, setOverriding] = useState(false);
  // Held here: a dialog that shows a new key must outlive the verdict that offered it.
  const [acting, setActing] = useState<SuggestedAction | null>(null);
  const { diagnosis } = incident;
  const nowMs = useNow();
  const isLooking = again.isPending || isBeingDiagnosed(incident, nowMs);
  const diagnoseAgain = mayWrite ? (
    <Button size="sm" pending={isLooking} onClick={() => again.mutate()}>
      <RefreshCw aria-hidden="true" />
      Diagnose again
    </Button>
  ) : null;
  return (
    <PageBody>
      <IncidentNotices />
      {again.error ? (
        <Notice tone="fail" action={diagnoseAgain}>
          The diagnosis could not be made: {messageOf(again.error)}
        </Notice>
      ) : null}
      {isLooking ? (
        <Card className="p-4">
          <Looking />
        </Card>
      ) : null}
      {diagnosis ? (
        <>
          <VerdictCard
            diagnosis={diagnosis}
            onAct={setActing}
            actions={
              mayWrite ? (
                <>
                  {diagnoseAgain}
                  <Button size="sm" variant="ghost" onClick={() => setOverriding(true)}>
                    <PencilLine aria-hidden="true" />
                    Name another cause
                  </Button>
                </>
              ) : null
            }
          />
          <div className="grid grid-cols-1 items-start gap-3.5 xl:grid-cols-[minmax(0,1fr)_22rem]">
            <div className="grid min-w-0 gap-3.5">
              <WalkthroughSteps diagnosis={diagnosis} />
              <DiagnosisHistory />
            </div>
            <EventsCard />
          </div>
        </>
      ) : (
        <>
          {isLooking ? null : (
            <Card>
              <EmptyState icon={Stethoscope} title="No diagnosis was made" action={diagnoseAgain}>
                It was begun and could not be ended. Why is told below; usually trying again is enough.
              </EmptyState>
            </Card>
          )}
          <EventsCard />
        </>
      )}
      {acting ? <ActionDialog action={acting} onClose={() => setActing(null)} /> : null}
      {isOverriding ? <OverrideDialog onClose={() => setOverriding(false)} /> : null}
    </PageBody>
  );
}
