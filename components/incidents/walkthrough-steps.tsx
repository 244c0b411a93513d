"use client";

import { ChevronDown, ChevronRight } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { useCommand } from "#components/shell/commands.ts";
import { useAddressWith } from "#components/shell/use-address-with.ts";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/class-names.ts";
import { isPlainClick } from "#components/ui/plain-click.ts";
import type { Diagnosis, Stage } from "#lib/contract/index.ts";
import { CheckItem } from "./check-item.tsx";
import { ReachLink } from "./reach-link.tsx";
import { StageStatusIcon } from "./stage-status.tsx";
import {
  checksText,
  mostUrgentFirst,
  STAGE_ORDER,
  STAGE_WORDS,
  type StageResult,
  stageBeside,
  startingStage,
} from "./stages.ts";

const StageNotes = dynamic(() => import("./stage-notes.tsx").then((module) => module.StageNotes), {
  ssr: false,
});

/** The six steps, answered: beside each other on a wide screen, one below its head on a narrow one. */
export function WalkthroughSteps({ diagnosis }: { diagnosis: Diagnosis }) {
  const [chosen, setChosen] = useQueryState("step", parseAsStringLiteral(STAGE_ORDER));
  const current = chosen ?? startingStage(diagnosis.stages);
  const go = (stage: Stage | null) => {
    if (stage) void setChosen(stage);
  };
  useCommand({
    id: "walkthrough.next",
    label: "Next step",
    group: "This incident",
    keys: "j",
    run: () => go(stageBeside(current, 1)),
  });
  useCommand({
    id: "walkthrough.previous",
    label: "Previous step",
    group: "This incident",
    keys: "k",
    run: () => go(stageBeside(current, -1)),
  });
  return (
    <ol
      aria-label="Walkthrough"
      className="min-w-0 overflow-hidden rounded-lg border bg-surface lg:grid lg:grid-cols-[14.5rem_minmax(0,1fr)] lg:grid-rows-[repeat(6,auto)_1fr]"
    >
      {STAGE_ORDER.map((stage, index) => {
        const result = diagnosis.stages.find((known) => known.stage === stage) ?? {
          stage,
          status: "unknown" as const,
          checks: [],
        };
        return (
          <li key={stage} className="contents">
            <StepHead
              index={index}
              result={result}
              isCurrent={stage === current}
              onChoose={() => go(stage)}
            />
            {stage === current ? <StepPanel result={result} onNext={go} /> : null}
          </li>
        );
      })}
    </ol>
  );
}

interface StepHeadProps {
  index: number;
  result: StageResult;
  isCurrent: boolean;
  onChoose: () => void;
}

function StepHead({ index, result, isCurrent, onChoose }: StepHeadProps) {
  const addressWith = useAddressWith();
  return (
    <Link
      href={addressWith({ step: result.stage })}
      scroll={false}
      aria-current={isCurrent ? "step" : undefined}
      onClick={(event) => {
        if (!isPlainClick(event)) return;
        event.preventDefault();
        onChoose();
      }}
      className={cn(
        "flex items-center gap-3 border-t px-4 py-2.5 transition-colors hover:bg-raised/60 focus-visible:-outline-offset-2 lg:col-start-1",
        index === 0 && "border-t-0",
        isCurrent && "bg-raised/70",
      )}
    >
      <StageStatusIcon status={result.status} />
      <span className="grid min-w-0 flex-1">
        <span className={cn("truncate text-sm", isCurrent && "font-semibold")}>
          <span className="mr-1.5 text-faint tabular-nums">{index + 1}</span>
          {STAGE_WORDS[result.stage].label}
        </span>
        <span className="text-faint text-xs">{checksText(result)}</span>
      </span>
      <ChevronDown
        aria-hidden="true"
        className={cn("size-4 text-faint transition-transform lg:hidden", isCurrent && "rotate-180")}
      />
    </Link>
  );
}

function StepPanel({ result, onNext }: { result: StageResult; onNext: (stage: Stage | null) => void }) {
  const { label, question } = STAGE_WORDS[result.stage];
  const next = stageBeside(result.stage, 1);
  return (
    <section
      aria-label={`Step ${label}`}
      className="min-w-0 border-t lg:col-start-2 lg:row-span-7 lg:row-start-1 lg:border-t-0 lg:border-l"
    >
      <header className="border-b px-4 py-2.5">
        <h3 className="sr-only font-semibold text-sm lg:not-sr-only">{label}</h3>
        <p className="text-muted text-sm">{question}</p>
      </header>
      {result.checks.length === 0 ? (
        <p className="px-4 py-6 text-muted text-sm">Nothing was looked at in this step.</p>
      ) : (
        <ul className="divide-y" aria-label={`Checks of ${label}`}>
          {mostUrgentFirst(result.checks).map((check) => (
            <CheckItem key={check.id} check={check} />
          ))}
        </ul>
      )}
      <StageNotes stage={result.stage} />
      {next ? (
        <footer className="flex flex-wrap justify-end gap-2 border-t px-4 py-2.5">
          {result.stage === "gateway" ? <ReachLink /> : null}
          <Button size="sm" onClick={() => onNext(next)}>
            Next: {STAGE_WORDS[next].label}
            <ChevronRight aria-hidden="true" />
          </Button>
        </footer>
      ) : null}
    </section>
  );
}
