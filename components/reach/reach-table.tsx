import { Bot } from "lucide-react";
import Link from "next/link";
import { startHref } from "#components/incidents/start-href.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Time } from "#components/ui/time.tsx";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import type { ClientReach } from "#lib/contract/reach.ts";
import { clientLabel, keyOfReach, reachSentence } from "./reach-words.ts";
import { StageStep } from "./stage-step.tsx";

interface ReachTableProps {
  clients: readonly ClientReach[];
  org: string;
  server: string;
}

/** One row per client and door: its five stages in order, and the last one that was seen. */
export function ReachTable({ clients, org, server }: ReachTableProps) {
  return (
    <ul aria-label="Clients" className="divide-y">
      {clients.map((reach) => (
        <li
          key={keyOfReach(reach)}
          className="grid gap-x-6 gap-y-2.5 px-4 py-3 lg:grid-cols-[minmax(12rem,1fr)_minmax(0,3fr)] lg:items-center"
        >
          <Who reach={reach} org={org} server={server} />
          <ol
            aria-label={`Way of ${withSigns(clientLabel(reach))}`}
            className="grid gap-x-2 gap-y-1.5 sm:grid-cols-5"
          >
            {reach.stages.map((step) => (
              <StageStep
                key={step.stage}
                step={step}
                isLast={step.stage === reach.lastStage}
                href={
                  step.requestId === null
                    ? null
                    : `/${org}/servers/${server}/logs?request=${encodeURIComponent(step.requestId)}`
                }
              />
            ))}
          </ol>
        </li>
      ))}
    </ul>
  );
}

function Who({ reach, org, server }: { reach: ClientReach } & Omit<ReachTableProps, "clients">) {
  const failed = reach.stages.findLast(({ state }) => state === "failed");
  return (
    <div className="grid min-w-0 gap-0.5">
      <span className="flex min-w-0 flex-wrap items-center gap-x-2">
        <span className={reach.client === "" ? "text-muted italic" : "break-words font-medium"}>
          {withSigns(clientLabel(reach))}
        </span>
        <Badge>{reach.door === "direct" ? "direct URL" : "gateway"}</Badge>
      </span>
      {reach.principal === null ? null : (
        <span className="flex min-w-0 items-center gap-1.5 text-muted text-xs">
          {reach.agentId === null ? null : <Bot aria-label="Agent" className="size-3.5 shrink-0" />}
          <span className="truncate">{withSigns(reach.principal)}</span>
        </span>
      )}
      <span className="text-muted text-xs">
        {reachSentence(reach)}
        {reach.lastAt === null ? null : (
          <>
            {" "}
            Last seen <Time value={reach.lastAt} />.
          </>
        )}
      </span>
      {failed ? (
        <Link
          data-row
          prefetch={false}
          href={startHref(org, {
            symptom: "agent_fails",
            server,
            agent: reach.agentId,
            client: reach.client,
            requestId: failed.requestId,
            at: failed.at,
            origin: "log",
          })}
          className="w-fit rounded-sm text-accent text-xs hover:underline"
        >
          What broke?
        </Link>
      ) : null}
    </div>
  );
}
