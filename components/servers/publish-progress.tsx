"use client";

import { Check, Circle, X } from "lucide-react";
import { cn } from "#components/ui/class-names.ts";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { formatPercent } from "#components/ui/numbers.ts";
import { Spinner } from "#components/ui/spinner.tsx";
import type { Operation } from "#lib/contract/index.ts";
import { OperationSteps } from "./operation-steps.tsx";
import type { PublishFailure, PublishStep } from "./use-publish-bundle.ts";

const LABEL: Record<PublishStep["name"], string> = {
  create: "Create the server",
  upload: "Upload the bundle",
  publish: "Pass the release gate, then switch traffic",
};

/** How far a publish is, and where it stopped, in the runtime's own words. */
export function PublishProgress({
  steps,
  operation,
  failure,
}: {
  steps: readonly PublishStep[];
  /** The publish itself, once it was accepted. */
  operation: Operation | null;
  failure: PublishFailure | null;
}) {
  if (steps.length === 0) return null;
  return (
    <div className="grid gap-2 rounded-md border bg-bg p-3" aria-live="polite">
      <ol className="grid gap-1.5">
        {steps.map((step) => (
          <li
            key={step.name}
            className={cn("flex items-center gap-2", step.state === "pending" && "text-faint")}
          >
            <span className="grid size-4 place-items-center [&_svg]:size-3.5">
              {step.state === "running" ? (
                <Spinner className="text-accent" />
              ) : step.state === "done" ? (
                <Check aria-label="done" className="text-ok" strokeWidth={2.5} />
              ) : step.state === "failed" ? (
                <X aria-label="failed" className="text-fail" strokeWidth={2.5} />
              ) : (
                <Circle aria-label="not yet" className="text-faint" />
              )}
            </span>
            <span className="min-w-0 flex-1">{LABEL[step.name]}</span>
            {step.name === "upload" && step.state === "running" && step.progress !== null ? (
              <span className="text-muted text-xs">{formatPercent(step.progress)}</span>
            ) : null}
          </li>
        ))}
      </ol>
      {operation ? (
        <div className="border-t pt-1 pl-6">
          <OperationSteps steps={operation.steps} error={operation.error} />
        </div>
      ) : null}
      {failure ? (
        <div role="alert" className="grid gap-1.5">
          <p className="font-medium text-fail">
            {failure.step === "publish" ? "Refused. Nothing changed for callers." : "It stopped here."}
          </p>
          <CodeBlock code={failure.message} label="error message" wrap className="border-fail/40" />
        </div>
      ) : null}
    </div>
  );
}
