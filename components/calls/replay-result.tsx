"use client";

import { ArrowRight, Check, Equal, TriangleAlert, X } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { OutcomePill } from "#components/requests/outcome-pill.tsx";
import { useServer } from "#components/servers/server-context.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { formatCounted, formatDuration } from "#components/ui/numbers.ts";
import { Pill } from "#components/ui/pill.tsx";
import { jsonValue } from "#lib/client/json-tree/json-node.ts";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import type { ReplayResult } from "#lib/contract/index.ts";
import { RecordedJson } from "./recorded-json.tsx";

/** Both results side by side, and where they differ. */
export function ReplayResultView({ result }: { result: ReplayResult }) {
  const { original, replay, differences } = result;
  return (
    <div className="grid min-w-0 grid-cols-1 gap-3">
      <p role="status" className="flex flex-wrap items-center gap-x-2.5 gap-y-1 text-sm">
        <Verdict result={result} />
        <span className="text-muted tabular-nums">
          {formatDuration(original.durationMs)} <ArrowRight aria-label="then" className="inline size-3" />{" "}
          {formatDuration(replay.durationMs)}
          {pace(original.durationMs, replay.durationMs)}
        </span>
      </p>
      {replay.failure ? <Notice tone="fail">{withSigns(replay.failure)}</Notice> : null}
      {differences.length > 0 ? <Differences result={result} /> : null}
      <div className="grid min-w-0 grid-cols-1 gap-3 sm:grid-cols-2">
        <Side title="Then" outcome={original.outcome} requestId={original.requestId}>
          <Response label="Response then" value={original.response} missing="It was not recorded." />
        </Side>
        <Side title="Now" outcome={replay.outcome} requestId={replay.requestId}>
          <Response label="Response now" value={replay.response} missing="There was none." />
        </Side>
      </div>
    </div>
  );
}

function Verdict({ result }: { result: ReplayResult }) {
  const { original, replay, differences, differencesAreCapped, isComparable } = result;
  if (original.outcome !== replay.outcome)
    return (
      <Pill tone={replay.status === "passed" ? "ok" : "fail"} icon={replay.status === "passed" ? Check : X}>
        ends otherwise now
      </Pill>
    );
  if (!isComparable)
    return (
      <Pill tone="unknown" icon={TriangleAlert}>
        ends the same; answers cannot be compared
      </Pill>
    );
  if (differences.length === 0)
    return (
      <Pill tone="ok" icon={Equal}>
        same result
      </Pill>
    );
  return (
    <Pill tone="warn" icon={TriangleAlert}>
      {formatCounted(differences.length, "difference")}
      {differencesAreCapped ? " and more" : ""}
    </Pill>
  );
}

function pace(beforeMs: number, afterMs: number): string {
  if (!(beforeMs > 0 && afterMs > 0)) return "";
  const ratio = afterMs / beforeMs;
  if (ratio > 0.8 && ratio < 1.25) return ", about as fast";
  return ratio < 1 ? `, ${(1 / ratio).toFixed(1)}× faster` : `, ${ratio.toFixed(1)}× slower`;
}

function Differences({ result: { differences, differencesAreCapped } }: { result: ReplayResult }) {
  return (
    <div className="min-w-0 overflow-x-auto rounded-md border">
      <table
        aria-label="Differences"
        className="w-full min-w-120 table-fixed border-collapse text-left text-xs"
      >
        <thead>
          <tr className="bg-raised/40 text-faint">
            <th scope="col" className="w-[34%] px-3 py-1.5 font-normal">
              Where
            </th>
            <th scope="col" className="py-1.5 pr-3 font-normal">
              Then
            </th>
            <th scope="col" className="py-1.5 pr-3 font-normal">
              Now
            </th>
          </tr>
        </thead>
        <tbody>
          {differences.map(({ path, before, after }) => (
            <tr key={path} className="border-t align-top">
              <th scope="row" className="break-all px-3 py-1.5 font-mono font-normal text-muted">
                {path === "" ? "the whole answer" : withSigns(path)}
              </th>
              <td className="break-all bg-fail/5 py-1.5 pr-3 pl-2 font-mono">{valueText(before)}</td>
              <td className="break-all bg-ok/5 py-1.5 pr-3 pl-2 font-mono">{valueText(after)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {differencesAreCapped ? (
        <p className="border-t border-dashed px-3 py-1.5 text-warn text-xs">There are more than are shown.</p>
      ) : null}
    </div>
  );
}

const VALUE_CHARACTERS = 300;

/** A value on few lines; one that is not there is told from one that is null. */
function valueText(value: unknown): ReactNode {
  if (value === undefined) return <span className="text-faint">not there</span>;
  const text = JSON.stringify(value);
  return withSigns(text.length > VALUE_CHARACTERS ? `${text.slice(0, VALUE_CHARACTERS)} …` : text);
}

interface SideProps {
  title: string;
  outcome: string;
  requestId: string | null;
  children: ReactNode;
}

function Side({ title, outcome, requestId, children }: SideProps) {
  const { slug: org } = useOrganization();
  const server = useServer();
  return (
    <section aria-label={title} className="grid min-w-0 grid-cols-1 content-start gap-1.5">
      <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <h3 className="font-semibold text-sm">{title}</h3>
        <OutcomePill outcome={outcome} />
        {requestId === null ? null : (
          <Link
            href={`/${org}/servers/${server.slug}/logs?request=${encodeURIComponent(requestId)}`}
            className="ml-auto rounded-sm text-accent text-xs hover:underline"
          >
            Open the request
          </Link>
        )}
      </div>
      {children}
    </section>
  );
}

function Response({ label, value, missing }: { label: string; value: unknown; missing: string }) {
  if (value === null || value === undefined)
    return <p className="rounded-md border border-dashed px-3 py-2.5 text-muted text-sm">{missing}</p>;
  const text = JSON.stringify(value);
  return <RecordedJson label={label} text={text} root={jsonValue(text)} />;
}
