"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { parseAsStringLiteral, useQueryStates } from "nuqs";
import { QueryError } from "#components/shell/query-error.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { Card } from "#components/ui/card.tsx";
import { SegmentedControl } from "#components/ui/segmented-control.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import { AGENT_USAGE_WINDOWS, agentUsageQuery } from "#lib/client/queries/agents.ts";
import { useAgent } from "./agent-context.tsx";
import { EndUsersCard } from "./end-users-card.tsx";
import { UsageBreakdown } from "./usage-breakdown.tsx";

const DIMENSIONS = ["tool", "server", "client", "outcome"] as const;
const DIMENSION_WORDS = { tool: "Tool", server: "Server", client: "Client", outcome: "Outcome" } as const;
const COMPARISONS = ["previous", "day", "week", "none"] as const;
const COMPARISON_WORDS = {
  previous: "with the time before",
  day: "with a day earlier",
  week: "with a week earlier",
  none: "with nothing",
} as const;
const WINDOW_WORDS = {
  "24h": "Last 24 hours",
  "7d": "Last 7 days",
  "30d": "Last 30 days",
  month: "This month (UTC)",
} as const;

/** What the agent called and what that cost, by what it was, beside an earlier time; and for whom it spent. */
export function AgentUsageSection() {
  const { org, agent } = useAgent();
  const [view, setView] = useQueryStates({
    window: parseAsStringLiteral(AGENT_USAGE_WINDOWS).withDefault("24h"),
    by: parseAsStringLiteral(DIMENSIONS).withDefault("tool"),
    compare: parseAsStringLiteral(COMPARISONS).withDefault("previous"),
  });
  const usage = useQuery({ ...agentUsageQuery(org, agent.id, view), placeholderData: keepPreviousData });
  return (
    <>
      <StaleNotice query={usage} />
      <div className="grid items-start gap-3.5 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <Card
          title="Usage"
          aside={
            usage.data ? (
              <span className="text-faint text-xs">
                complete to <Time value={usage.data.completeTo} display="clock" />
              </span>
            ) : null
          }
        >
          <div className="flex flex-wrap items-center gap-2 border-b px-4 py-2.5">
            <SegmentedControl
              label="By"
              value={view.by}
              onChange={(by) => void setView({ by })}
              options={DIMENSIONS.map((value) => ({ value, label: DIMENSION_WORDS[value] }))}
            />
            <Choice
              label="Window"
              value={view.window}
              words={WINDOW_WORDS}
              values={AGENT_USAGE_WINDOWS}
              onChange={(window) => void setView({ window })}
            />
            <span className="text-muted text-xs">compared</span>
            <Choice
              label="Compared"
              value={view.compare}
              words={COMPARISON_WORDS}
              values={COMPARISONS}
              onChange={(compare) => void setView({ compare })}
            />
          </div>
          {usage.data ? (
            <UsageBreakdown report={usage.data} />
          ) : usage.isError ? (
            <QueryError query={usage} title="The usage could not be loaded" />
          ) : (
            <div aria-busy="true" className="grid gap-3 p-4">
              <Skeleton className="h-8 w-full" />
              <Skeleton className="h-24 w-full" />
            </div>
          )}
        </Card>
        {usage.data ? (
          <EndUsersCard usage={usage.data} />
        ) : usage.isError ? null : (
          <Skeleton className="h-48 w-full rounded-lg" />
        )}
      </div>
    </>
  );
}

interface ChoiceProps<Value extends string> {
  label: string;
  value: Value;
  values: readonly Value[];
  words: Readonly<Record<Value, string>>;
  onChange: (value: Value) => void;
}

function Choice<Value extends string>({ label, value, values, words, onChange }: ChoiceProps<Value>) {
  return (
    <Select
      aria-label={label}
      value={value}
      onChange={(event) => {
        const chosen = values.find((candidate) => candidate === event.target.value);
        if (chosen !== undefined) onChange(chosen);
      }}
      className="text-xs"
    >
      {values.map((candidate) => (
        <option key={candidate} value={candidate}>
          {words[candidate]}
        </option>
      ))}
    </Select>
  );
}
