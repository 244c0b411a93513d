"use client";

import { ArrowUpRight } from "lucide-react";
import Link from "next/link";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Time } from "#components/ui/time.tsx";
import type { EvidenceRef } from "#lib/contract/index.ts";
import { pathHref } from "./incident-text.ts";

const KIND_WORDS: Readonly<Record<EvidenceRef["kind"], string>> = {
  probe: "probe",
  request: "call",
  line: "log line",
  upstream: "upstream",
  decision: "decision",
  change: "change",
  count: "count",
  setting: "setting",
  ledger: "ledger",
  comparison: "compared",
  reach: "arrival",
};

/** What a finding stands on, each with the way to where it can be seen. Its text comes from outside and is only text. */
export function EvidenceList({ evidence, label }: { evidence: readonly EvidenceRef[]; label: string }) {
  const { slug: org } = useOrganization();
  if (evidence.length === 0) return null;
  return (
    <ul aria-label={label} className="grid gap-1">
      {evidence.map((ref) => (
        <li key={`${ref.kind}:${ref.id}:${ref.label}`} className="flex min-w-0 items-baseline gap-2 text-sm">
          <Badge className="w-17 shrink-0 justify-center">{KIND_WORDS[ref.kind]}</Badge>
          <span className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-2">
            {ref.path === null ? (
              <span className="min-w-0 break-words">{ref.label}</span>
            ) : (
              <Link
                href={pathHref(org, ref.path)}
                className="min-w-0 break-words rounded-sm text-accent hover:underline"
              >
                {ref.label}
                <ArrowUpRight aria-hidden="true" className="ml-0.5 inline size-3.5 align-[-0.15em]" />
              </Link>
            )}
            {ref.at ? <Time value={ref.at} display="datetime" className="text-faint text-xs" /> : null}
          </span>
        </li>
      ))}
    </ul>
  );
}
