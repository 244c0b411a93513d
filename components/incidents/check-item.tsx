import type { CheckResult } from "#lib/contract/index.ts";
import { EvidenceList } from "./evidence-list.tsx";
import { causeText } from "./incident-text.ts";
import { StageStatusIcon } from "./stage-status.tsx";
import { FixList } from "./verdict-card.tsx";

/** One check: what was looked at, what was found, what that rules out, and what to do. */
export function CheckItem({ check }: { check: CheckResult }) {
  const isQuiet = check.status === "skipped";
  return (
    <li className="grid grid-cols-[1.25rem_minmax(0,1fr)] gap-x-3 px-4 py-3">
      <StageStatusIcon status={check.status} className="mt-px" />
      <div className="grid gap-2">
        <div className="grid gap-0.5">
          <h4 className={isQuiet ? "text-muted text-sm" : "font-medium text-sm"}>{check.title}</h4>
          <p className={isQuiet ? "break-words text-faint text-sm" : "break-words text-sm"}>
            {check.finding}
          </p>
          <p className="break-words text-faint text-xs">Looked at: {check.lookedAt}</p>
        </div>
        <EvidenceList evidence={check.evidence} label={`Evidence: ${check.title}`} />
        {check.fix.length > 0 ? <FixList steps={check.fix} /> : null}
        {check.supports.length + check.rulesOut.length > 0 ? (
          <p className="text-faint text-xs">
            {[
              check.supports.length > 0 ? `Speaks for: ${check.supports.map(causeText).join(", ")}` : null,
              check.rulesOut.length > 0 ? `Rules out: ${check.rulesOut.map(causeText).join(", ")}` : null,
            ]
              .filter(Boolean)
              .join(" · ")}
          </p>
        ) : null}
      </div>
    </li>
  );
}
