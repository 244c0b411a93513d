import { Check, ChevronRight, Minus, TriangleAlert, X } from "lucide-react";
import { cn } from "#components/ui/class-names.ts";
import { formatDuration } from "#components/ui/numbers.ts";
import type { HostingCheck, HostingStep, RegionCheck } from "#lib/contract/index.ts";
import { CheckPill } from "./check-pill.tsx";

const STEP_NAMES: Record<HostingStep["name"], string> = {
  dns: "DNS",
  tls: "TLS",
  routing: "Routing",
  runtime: "Runtime",
  "tools/list": "tools/list",
};

/** Every step of a hosting check on every edge. What passed everywhere is folded; what did not says how to fix it. */
export function HostingCheckResult({ check }: { check: HostingCheck }) {
  if (check.regions.length === 0) {
    return (
      <p className="px-4 py-2 text-fail">
        {check.error ?? "No edge could be asked. Without one that lives, nothing answers calls."}
      </p>
    );
  }
  return (
    <ul className="divide-y" aria-label="Regions of the hosting check">
      {check.regions.map((region) => (
        <RegionResult key={`${region.region}/${region.node}`} region={region} />
      ))}
    </ul>
  );
}

function RegionResult({ region }: { region: RegionCheck }) {
  return (
    <li>
      <details open={region.status !== "passed"} className="group">
        <summary className="flex min-h-9 flex-wrap items-center gap-x-2.5 gap-y-1 px-4 py-1.5 hover:bg-raised/60 focus-visible:-outline-offset-2">
          <ChevronRight
            aria-hidden="true"
            className="-ml-1 size-3.5 shrink-0 text-faint transition-transform group-open:rotate-90"
          />
          <span className="font-mono text-xs">{region.region}</span>
          <span className="min-w-0 truncate text-faint text-xs">{region.node}</span>
          <span className="ml-auto flex flex-wrap items-center gap-x-2.5">
            {region.steps.map((step) => (
              <span key={step.name} className="inline-flex items-center gap-1 text-muted text-xs">
                <StepMark status={step.status} />
                {STEP_NAMES[step.name]}
              </span>
            ))}
            <span className="sr-only">
              <CheckPill status={region.status} />
            </span>
          </span>
        </summary>
        <ol className="divide-y px-4 pb-2">
          {region.steps.map((step) => (
            <li
              key={step.name}
              className="grid grid-cols-[1.125rem_5rem_minmax(0,1fr)_auto] items-baseline gap-2 py-1"
            >
              <StepMark status={step.status} />
              <span>{STEP_NAMES[step.name]}</span>
              <span className="min-w-0 break-words text-muted text-xs">
                {step.detail}
                {step.fix ? <span className="block text-fg">{step.fix}</span> : null}
              </span>
              <span className="text-faint text-xs">
                {step.status === "skipped" ? "skipped" : formatDuration(step.durationMs)}
              </span>
            </li>
          ))}
        </ol>
      </details>
    </li>
  );
}

function StepMark({ status }: { status: HostingStep["status"] }) {
  const style = "size-3.5 shrink-0 translate-y-px";
  if (status === "passed")
    return <Check aria-label="passed" className={cn(style, "text-ok")} strokeWidth={2.5} />;
  if (status === "failed")
    return <X aria-label="failed" className={cn(style, "text-fail")} strokeWidth={2.5} />;
  if (status === "warned")
    return <TriangleAlert aria-label="warning" className={cn(style, "text-warn")} strokeWidth={2.25} />;
  return <Minus aria-label="skipped" className={cn(style, "text-faint")} />;
}
