import type { CheckResult } from "#lib/contract/index.ts";
import { EvidenceList } from "./evidence-list.tsx";
import { causeText } from "./incident-text.ts";
import { StageStatusIcon } from "./stage-status.tsx";
import { FixList } from "./verdict-card.tsx";

/** One check: what was looked at, what was found, what that rules out, and what to do. What is fine folds. */
export function CheckItem({ check }: { check: CheckResult }) {
  const isQuiet = check.status === "pass" || check.status === "skipped";
  return (
    <li className="grid grid-cols-[1.25rem_minmax(0,1fr)] gap-x-3 px-4 py-2.5">
      <StageStatusIcon status={check.status} className="mt-px" />
      <div className="grid min-w-0 gap-1.5">
        <div className="grid gap-0.5">
          <h4 className={check.status === "skipped" ? "text-muted text-sm" : "font-medium text-sm"}>
            {check.title}
          </h4>
          <p className="break-words text-muted text-sm">{check.finding}</p>
        </div>
        {isQuiet ? (
          <details>
            <summary className="text-faint text-xs">What it stands on</summary>
            <div className="grid gap-1.5 pt-1.5">
              <Grounds check={check} />
            </div>
          </details>
        ) : (
          <Grounds check={check} />
        )}
      </div>
    </li>
  );
}

function Grounds({ check }: { check: CheckResult }) {
  const { supports, rulesOut } = check;
  return (
    <>
      <p className="break-words text-faint text-xs">Looked at: {check.lookedAt}</p>
      <EvidenceList evidence={check.evidence} label={`Evidence: ${check.title}`} />
      {check.fix.length > 0 ? <FixList steps={check.fix} /> : null}
      {supports.length > 0 ? (
        <p className="text-faint text-xs">Speaks for: {supports.map(causeText).join(", ")}</p>
      ) : null}
      {rulesOut.length > 0 ? (
        <p className="text-faint text-xs">Rules out: {rulesOut.map(causeText).join(", ")}</p>
      ) : null}
    </>
  );
}
