import { Check, Circle, Minus, X } from "lucide-react";
import { cn } from "#components/ui/class-names.ts";
import { formatDuration } from "#components/ui/numbers.ts";
import { Spinner } from "#components/ui/spinner.tsx";
import type { Operation } from "#lib/contract/index.ts";

type Step = Operation["steps"][number];

const LABEL: Readonly<Record<string, string>> = {
  start: "Start apart from traffic",
  "tools/list": "Gate: tools/list",
  "tools/list legacy": "Gate: tools/list, legacy era",
  "tools/list modern": "Gate: tools/list, modern era",
  "expected tools": "Gate: expected tools",
  canary: "Gate: canary call",
  switch: "Switch traffic",
  drain: "Let earlier calls finish",
  stop: "Stop the earlier runtime",
};

export const stepLabel = (name: string): string => LABEL[name] ?? name;

/** The step that an operation is at: the one that runs, else the first that did not. */
export const stepUnderWay = (steps: readonly Step[]): Step | undefined =>
  steps.find(({ state }) => state === "running") ?? steps.find(({ state }) => state === "pending");

/** The steps of an operation with how each ended. `error` is shown elsewhere and is not repeated. */
export function OperationSteps({ steps, error }: { steps: readonly Step[]; error: string | null }) {
  return (
    <ol className="divide-y" aria-label="Steps">
      {steps.map((step) => (
        <li key={step.name} className="grid grid-cols-[1.125rem_minmax(0,1fr)_auto] gap-2 py-1.5">
          <StepIcon state={step.state} />
          <span
            className={cn(
              "min-w-0 break-words",
              (step.state === "skipped" || step.state === "pending") && "text-muted",
            )}
          >
            {stepLabel(step.name)}
            {step.state === "skipped" ? " · skipped" : null}
            {step.detail && step.detail !== error ? (
              <span className="block text-muted text-xs">{step.detail}</span>
            ) : null}
          </span>
          <span className="text-faint text-xs">
            {step.durationMs === null || step.state === "skipped" ? null : formatDuration(step.durationMs)}
          </span>
        </li>
      ))}
    </ol>
  );
}

function StepIcon({ state }: { state: Step["state"] }) {
  const style = "mt-0.5 size-3.75";
  if (state === "succeeded")
    return <Check aria-label="succeeded" className={cn(style, "text-ok")} strokeWidth={2.5} />;
  if (state === "failed")
    return <X aria-label="failed" className={cn(style, "text-fail")} strokeWidth={2.5} />;
  if (state === "running") return <Spinner className={cn(style, "text-accent")} />;
  if (state === "skipped") return <Minus aria-label="skipped" className={cn(style, "text-faint")} />;
  return <Circle aria-label="not yet" className={cn(style, "text-faint")} />;
}
