"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowUpRight } from "lucide-react";
import Link from "next/link";
import { WhatBroke } from "#components/incidents/what-broke.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Button } from "#components/ui/button.tsx";
import { Money } from "#components/ui/money.tsx";
import { formatPercent } from "#components/ui/numbers.ts";
import { Stat, StatStrip } from "#components/ui/stat-strip.tsx";
import { Time } from "#components/ui/time.tsx";
import { agentServersQuery } from "#lib/client/queries/agents.ts";
import type { AgentBudget } from "#lib/contract/index.ts";
import { useAgent } from "./agent-context.tsx";
import { shareOfCap } from "./share-of-cap.ts";
import { SpendBar } from "./spend-bar.tsx";

const TONE = { ok: undefined, near: "warn", used_up: "fail" } as const;

/** The month so far: spent, set aside, left, and how far it can go. */
export function BudgetMonth({ budget }: { budget: AgentBudget }) {
  const cap = budget.monthlyCapMicros;
  const share = cap === null ? null : shareOfCap(budget.spentMicros, cap);
  return (
    <div className="grid gap-2">
      <StatStrip label="This month">
        <Stat
          label="Spent this month"
          detail={share === null ? undefined : formatPercent(share.share)}
          tone={share === null ? undefined : TONE[share.level]}
        >
          <Money micros={budget.spentMicros} />
        </Stat>
        <Stat label="Set aside now" detail="for calls that run">
          <Money micros={budget.leasedMicros} />
        </Stat>
        <Stat
          label="Left"
          tone={budget.remainingMicros === "0" ? "fail" : undefined}
          detail={cap === null ? "what the organization has" : undefined}
        >
          {budget.remainingMicros === null ? "no cap" : <Money micros={budget.remainingMicros} />}
        </Stat>
        <Stat label="Monthly cap">{cap === null ? "none" : <Money micros={cap} />}</Stat>
        <Stat label="Starts anew" detail="UTC months">
          <Time value={budget.period.end} />
        </Stat>
      </StatStrip>
      {cap === null ? null : <SpendBar spentMicros={budget.spentMicros} capMicros={cap} />}
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p className="min-w-0 flex-1 basis-80 text-muted text-xs">
          <Overrun budget={budget} />
        </p>
        <Ways />
      </div>
    </div>
  );
}

/** How far spending can pass the caps, and why. */
function Overrun({ budget }: { budget: AgentBudget }) {
  const bound = <Money micros={budget.overrunBoundMicros} className="font-medium text-fg" />;
  if (budget.overrunBoundMicros === "0")
    return (
      <>
        How far spending can pass a cap: {bound}, because a call sets aside the most that it can cost before
        it runs, and is denied when that is more than what is left.
      </>
    );
  return (
    <>
      How far spending can pass a cap: {bound}, because this budget lets calls go on for a while when it
      cannot be asked. Otherwise a call sets aside the most that it can cost before it runs.
    </>
  );
}

/** From here to each debit and to each call. */
function Ways() {
  const { org, agent } = useAgent();
  const { can } = useOrganization();
  const servers = useQuery(agentServersQuery(org, agent.id));
  const mayRead = can("logs:read");
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      {can("billing:read") ? (
        <WayTo href={`/${org}/settings/billing?agent=${encodeURIComponent(agent.id)}#ledger`}>
          Its debits in the ledger
        </WayTo>
      ) : null}
      {mayRead
        ? servers.data?.slice(0, SERVERS_SHOWN_MAX).map(({ serverId, serverSlug, serverName }) => (
            <WayTo
              key={serverId}
              href={`/${org}/servers/${serverSlug}/logs?agent=${encodeURIComponent(agent.id)}`}
            >
              {`Its calls to ${serverName}`}
            </WayTo>
          ))
        : null}
      <WhatBroke about={{ symptom: "agent_fails", agent: agent.id }} label="It cannot call?" />
    </div>
  );
}

const SERVERS_SHOWN_MAX = 3;

const WayTo = ({ href, children }: { href: string; children: string }) => (
  <Button asChild size="sm" variant="ghost">
    <Link href={href} className="max-w-full">
      <span className="truncate">{children}</span>
      <ArrowUpRight aria-hidden="true" />
    </Link>
  </Button>
);
