"use client";

import { Check, CircleAlert, X } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useServer } from "#components/servers/server-context.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { formatDuration } from "#components/ui/numbers.ts";
import { Pill } from "#components/ui/pill.tsx";
import { prettyJson } from "#lib/client/log-stream/line-text.ts";
import type { ToolCallResult } from "#lib/contract/index.ts";

// Arrives with the first call.
const LiveCallLines = dynamic(() => import("./live-call-lines.tsx").then((module) => module.LiveCallLines), {
  ssr: false,
});

/** What came back from a call: the outcome, the content, and what the server wrote meanwhile. */
export function CallResult({ result }: { result: ToolCallResult }) {
  const { slug: org } = useOrganization();
  const server = useServer();
  return (
    <div className="grid gap-3.5">
      <div role="status" className="flex flex-wrap items-center gap-x-3 gap-y-1.5 text-sm">
        {result.failure ? (
          <Pill tone="fail" icon={X}>
            not called
          </Pill>
        ) : result.isError ? (
          <Pill tone="fail" icon={CircleAlert}>
            tool error
          </Pill>
        ) : (
          <Pill tone="ok" icon={Check}>
            ok
          </Pill>
        )}
        <span className="text-muted tabular-nums">{formatDuration(result.durationMs)}</span>
        {result.requestId ? (
          <Link
            href={`/${org}/servers/${server.slug}/logs?request=${encodeURIComponent(result.requestId)}`}
            className="min-w-0 break-all font-mono text-accent text-xs hover:underline"
          >
            {result.requestId}
          </Link>
        ) : null}
      </div>
      {result.failure ? (
        <Notice tone="fail">
          <p className="font-medium">
            {result.failure.step}: {result.failure.message}
          </p>
          <p className="text-muted">{result.failure.fix}</p>
        </Notice>
      ) : null}
      {repeatsStructured(result)
        ? null
        : result.content.map((content, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the content of one result never moves
            <Content key={index} content={content} number={index + 1} isError={result.isError} />
          ))}
      {result.structuredContent === null || result.structuredContent === undefined ? null : (
        <div>
          <h4 className="mb-1.5 font-semibold text-sm">Structured content</h4>
          <Code label="Structured content" code={JSON.stringify(result.structuredContent, null, 2)} />
        </div>
      )}
      {result.requestId && server.kind === "hosted" ? (
        <LiveCallLines
          key={result.requestId}
          organization={org}
          slug={server.slug}
          requestId={result.requestId}
        />
      ) : null}
    </div>
  );
}

/** By the protocol a tool repeats its structured content as text; once is enough. */
function repeatsStructured({ content, structuredContent }: ToolCallResult): boolean {
  const text = content.length === 1 ? textOf(content[0]) : null;
  if (text === null || structuredContent === null || structuredContent === undefined) return false;
  const json = prettyJson(text);
  return json?.before === "" && json.json === JSON.stringify(structuredContent, null, 2);
}

function Content({ content, number, isError }: { content: unknown; number: number; isError: boolean }) {
  const text = textOf(content);
  const json = text === null || isError ? null : prettyJson(text);
  const shown = text === null ? JSON.stringify(content, null, 2) : json?.before === "" ? json.json : text;
  return <Code label={`Content ${number}`} code={shown} />;
}

const Code = ({ label, code }: { label: string; code: string }) => (
  <CodeBlock label={label} code={code} wrap className="max-h-112 overflow-auto" />
);

function textOf(content: unknown): string | null {
  if (typeof content !== "object" || content === null) return null;
  const { type, text } = content as { type?: unknown; text?: unknown };
  return type === "text" && typeof text === "string" ? text : null;
}
