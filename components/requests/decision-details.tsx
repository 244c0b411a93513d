"use client";

// Why was this let through, or turned away, and what would have to be different?

import { Check, Wrench, X } from "lucide-react";
import Link from "next/link";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { cn } from "#components/ui/class-names.ts";
import type { Decision, Explanation } from "#lib/contract/index.ts";
import { agentIdOf, callerKindOf, callerOf } from "./callers.ts";
import { DecisionPill } from "./decision-pill.tsx";
import { lookOfReason } from "./decision-reasons.ts";
import { type ExplanationRow, explanationRows } from "./explanation-rows.ts";

interface DecisionDetailsProps {
  decision: Decision;
  /** The gateway that decided; null at a direct URL. */
  gatewayId: string | null;
}

/** What was decided about a request: the reason in words, who called, by which grant, and for a denial what to change. */
export function DecisionDetails({ decision, gatewayId }: DecisionDetailsProps) {
  const { slug: org } = useOrganization();
  const { meaning } = lookOfReason(decision.reason);
  const kind = callerKindOf(decision);
  const agentId = agentIdOf(decision);
  return (
    <section aria-label="Decision" className="grid min-w-0 grid-cols-1 gap-2">
      <h3 className="font-semibold text-sm">Decision</h3>
      <div className="min-w-0 rounded-md border">
        <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1 px-3 py-2">
          <DecisionPill reason={decision.reason} />
          <span className="min-w-0 break-words text-sm">
            {agentId === null ? (
              callerOf(decision)
            ) : (
              <Link
                href={`/${org}/agents/${encodeURIComponent(agentId)}${pageOfAgent(decision.reason)}`}
                className="rounded-sm text-accent hover:underline"
              >
                {callerOf(decision)}
              </Link>
            )}
            {kind ? <span className="ml-1.5 text-faint">{kind}</span> : null}
          </span>
          {decision.grantId && gatewayId ? (
            <Link
              href={`/${org}/gateways/${gatewayId}/grants?grant=${encodeURIComponent(decision.grantId)}`}
              className="ml-auto rounded-sm text-accent text-xs hover:underline"
            >
              Grant that allowed it
            </Link>
          ) : null}
        </div>
        {meaning ? <p className="border-t px-3 py-2 text-muted text-sm">{meaning}</p> : null}
        {decision.explanation ? (
          <Comparison reason={decision.reason} explanation={decision.explanation} />
        ) : null}
      </div>
      {decision.explanation?.fix ? (
        <div className="flex items-start gap-2.5 rounded-md border border-info/35 bg-info/6 px-3 py-2">
          <Wrench aria-hidden="true" className="mt-0.5 size-3.75 shrink-0 text-info" />
          <p className="min-w-0 break-words text-sm">
            <span className="font-medium">How to fix it: </span>
            {decision.explanation.fix}
          </p>
        </div>
      ) : null}
    </section>
  );
}

/** Where the thing that a reason is about can be changed, on the agent's own pages. */
function pageOfAgent(reason: string): "" | "/budget" | "/servers" {
  if (lookOfReason(reason).topic === "Budget") return "/budget";
  return reason === "agent_not_attached" || reason.startsWith("grant_missing") ? "/servers" : "";
}

function Comparison({ reason, explanation }: { reason: string; explanation: Explanation }) {
  const rows = explanationRows(reason, explanation);
  if (rows.length === 0) return null;
  return (
    <table
      className="w-full table-fixed border-collapse border-t text-left text-xs"
      aria-label="Presented and expected"
    >
      <thead>
        <tr className="text-faint">
          <th scope="col" className="w-[27%] px-3 py-1.5 font-normal">
            <span className="sr-only">What</span>
          </th>
          <th scope="col" className="py-1.5 pr-3 font-normal">
            Presented
          </th>
          <th scope="col" className="py-1.5 pr-3 font-normal">
            Expected
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <ComparisonRow key={row.name} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function ComparisonRow({ row }: { row: ExplanationRow }) {
  const differs = row.verdict === "differs";
  return (
    <tr className={cn("border-t align-top", differs && "bg-fail/7")}>
      <th scope="row" className="break-words px-3 py-1.5 font-normal text-muted">
        {row.name}
      </th>
      <td className="py-1.5 pr-3">
        <span className="flex items-start gap-1.5">
          {row.verdict === "given" ? null : differs ? (
            <X aria-hidden="true" strokeWidth={2.5} className="mt-0.5 size-3 shrink-0 text-fail" />
          ) : (
            <Check aria-hidden="true" strokeWidth={2.5} className="mt-0.5 size-3 shrink-0 text-ok" />
          )}
          <span className="sr-only">
            {row.verdict === "given" ? "" : differs ? "does not match: " : "matches: "}
          </span>
          {row.presented === null ? (
            <span className={differs ? "text-fail" : "text-faint"}>{differs ? "not presented" : "–"}</span>
          ) : (
            <code className={cn("min-w-0 break-all", differs && "font-medium text-fail")}>
              {row.presented}
            </code>
          )}
        </span>
      </td>
      <td className="py-1.5 pr-3">
        {row.expected === null ? (
          <span className="text-faint">–</span>
        ) : (
          <code className="min-w-0 break-all">{row.expected}</code>
        )}
      </td>
    </tr>
  );
}
