"use client";

import { CircleCheck, CircleHelp, CircleX } from "lucide-react";
import dynamic from "next/dynamic";
import type { ReactNode } from "react";
import { Card } from "#components/ui/card.tsx";
import { cn } from "#components/ui/class-names.ts";
import { Pill } from "#components/ui/pill.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Diagnosis, SuggestedAction, Verdict } from "#lib/contract/index.ts";
import { EvidenceList } from "./evidence-list.tsx";
import { HopChain } from "./hop-chain.tsx";
import { causeText } from "./incident-text.ts";

const ActionButtons = dynamic(() => import("./action-buttons.tsx").then((module) => module.ActionButtons), {
  ssr: false,
});

const LOOK = {
  fault: { icon: CircleX, color: "text-fail" },
  healthy: { icon: CircleCheck, color: "text-ok" },
  abstained: { icon: CircleHelp, color: "text-muted" },
} as const;

interface VerdictCardProps {
  diagnosis: Diagnosis;
  /** Beside the sentence. */
  actions: ReactNode;
  onAct: (action: SuggestedAction) => void;
}

/** What is wrong in one sentence, what it stands on, and what to do; or that nothing is, or what is missing to tell. */
export function VerdictCard({ diagnosis, actions, onAct }: VerdictCardProps) {
  const { icon: Icon, color } = LOOK[diagnosis.status];
  const { verdict } = diagnosis;
  return (
    <Card aria-label="Diagnosis">
      <div className="grid gap-4 p-4">
        <div className="flex flex-wrap items-start gap-3">
          <Icon aria-hidden="true" className={cn("mt-0.5 size-5 shrink-0", color)} />
          <div className="grid min-w-0 flex-1 basis-60 gap-1.5">
            <h2 className="break-words font-semibold text-lg leading-snug tracking-[-0.01em]">
              {headlineOf(diagnosis)}
            </h2>
            <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-faint text-xs">
              {verdict ? <Confidence verdict={verdict} /> : null}
              <span>
                as of <Time value={diagnosis.collectedAt} display="datetime" />
              </span>
            </p>
          </div>
          {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
        </div>
        {verdict ? <VerdictDetails verdict={verdict} onAct={onAct} /> : null}
        <Missing diagnosis={diagnosis} />
      </div>
      <Alternatives diagnosis={diagnosis} onAct={onAct} />
    </Card>
  );
}

function headlineOf({ status, verdict, headline }: Diagnosis): string {
  if (status !== "abstained" || /^not enough evidence/i.test(headline)) return verdict?.sentence ?? headline;
  return `Not enough evidence: ${headline}`;
}

const Confidence = ({ verdict }: { verdict: Verdict }) => (
  <Pill tone={verdict.confidence === "certain" ? "fail" : "warn"}>
    {`${verdict.confidence}: ${causeText(verdict.code)}`}
  </Pill>
);

function VerdictDetails({ verdict, onAct }: { verdict: Verdict } & Pick<VerdictCardProps, "onAct">) {
  return (
    <>
      <HopChain broken={verdict.hop} />
      <div className="grid gap-4 lg:grid-cols-2">
        <Part title="Evidence">
          <EvidenceList evidence={verdict.evidence} label="Evidence of the verdict" />
        </Part>
        {verdict.fix.length === 0 ? null : (
          <Part title="Fix">
            <FixList steps={verdict.fix} />
          </Part>
        )}
      </div>
      <ActionButtons actions={verdict.actions} onAct={onAct} />
    </>
  );
}

const Part = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className="grid min-w-0 content-start gap-1.5">
    <h3 className="text-faint text-xs">{title}</h3>
    {children}
  </section>
);

/** What to do, in order. */
export const FixList = ({ steps }: { steps: readonly string[] }) => (
  <ol className="grid list-decimal gap-1 pl-5 text-sm marker:text-faint">
    {steps.map((step) => (
      <li key={step} className="break-words pl-1">
        {step}
      </li>
    ))}
  </ol>
);

/** What is not known, why, and how to get it. Where a verdict stands without it, it is only named. */
function Missing({ diagnosis: { status, missing } }: { diagnosis: Diagnosis }) {
  if (missing.length === 0) return null;
  const list = (
    <ul className="grid gap-2" aria-label="Missing evidence">
      {missing.map(({ part, why, how }) => (
        <li key={`${part}:${why}`} className="grid min-w-0 gap-0.5 break-words text-sm">
          <span>
            <span className="font-medium">{part}</span>
            <span className="text-muted">: {why}</span>
          </span>
          <span className="text-muted">{how}</span>
        </li>
      ))}
    </ul>
  );
  if (status === "abstained") return <Part title="What is missing, and how to get it">{list}</Part>;
  return (
    <details className="text-sm">
      <summary className="text-muted text-xs">{`Not known: ${missing.map(({ part }) => part).join(", ")}`}</summary>
      <div className="pt-2">{list}</div>
    </details>
  );
}

/** Other causes that fit, and those that were looked for and are not it. */
function Alternatives({
  diagnosis: { status, alternatives, ruledOut },
  onAct,
}: Pick<VerdictCardProps, "diagnosis" | "onAct">) {
  return (
    <>
      {alternatives.length === 0 ? null : (
        <section className="border-t px-4 py-3" aria-label="Other causes">
          <h3 className="mb-1.5 text-faint text-xs">
            {status === "fault" ? "It may also be, or be as well" : "It may be"}
          </h3>
          <ul className="grid gap-1">
            {alternatives.map((verdict) => (
              <li key={`${verdict.code}:${verdict.sentence}`}>
                <details className="group">
                  <summary className="break-words text-sm marker:text-faint">
                    {verdict.sentence}{" "}
                    <span className="text-faint text-xs">{`${verdict.confidence}: ${causeText(verdict.code)}`}</span>
                  </summary>
                  <div className="grid gap-4 py-3 pl-4">
                    <VerdictDetails verdict={verdict} onAct={onAct} />
                  </div>
                </details>
              </li>
            ))}
          </ul>
        </section>
      )}
      {ruledOut.length === 0 ? null : (
        <details className="border-t px-4 py-2.5 text-muted text-xs">
          <summary>{`Ruled out: ${ruledOut.length}`}</summary>
          <p className="pt-1.5">{ruledOut.map(causeText).join(", ")}</p>
        </details>
      )}
    </>
  );
}
