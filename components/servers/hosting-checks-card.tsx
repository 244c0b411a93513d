"use client";

// Does it work, did it work before, and if not: which step, where, and what fixes it?

import { useQuery } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";
import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useState } from "react";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { notify } from "#components/ui/notify.ts";
import { formatDuration } from "#components/ui/numbers.ts";
import { SegmentedControl } from "#components/ui/segmented-control.tsx";
import { Time } from "#components/ui/time.tsx";
import { checkHistoryQuery, hostingChecksQuery } from "#lib/client/queries/hosting.ts";
import { serverConfigQuery } from "#lib/client/queries/servers.ts";
import { CheckBroke } from "./check-broke.tsx";
import { CHECK_KINDS } from "./check-kinds.ts";
import { CheckPill } from "./check-pill.tsx";
import { CheckRow } from "./check-row.tsx";
import { CheckRowsSkeleton } from "./check-rows-skeleton.tsx";
import { CheckTrend } from "./check-trend.tsx";
import { HostingCheckResult } from "./hosting-check-result.tsx";
import { RunSmokeButton } from "./run-smoke-button.tsx";
import { useServer } from "./server-context.tsx";
import { ShowAllButton } from "./show-all-button.tsx";
import { useRunCanary, useRunHostingCheck } from "./use-check-runs.ts";
import { useRunSmoke } from "./use-run-smoke.ts";

const ROWS_FIRST = 8;
const KIND_OPTIONS = [
  { value: "all", label: "All" },
  { value: "tools-list", label: "Smoke" },
  { value: "canary", label: "Canary" },
  { value: "hosting", label: "Hosting" },
  { value: "tool-call", label: "Calls" },
] as const;

export function HostingChecksCard() {
  const { slug: org } = useOrganization();
  const server = useServer();
  const [view, setView] = useQueryStates({
    checks: parseAsStringLiteral(["all", ...CHECK_KINDS]).withDefault("all"),
    check: parseAsString,
  });
  const [all, setAll] = useState(false);
  const kind = view.checks === "all" ? undefined : view.checks;
  const history = useQuery(checkHistoryQuery(org, server.slug, kind));
  return (
    <Card id="checks" title="Checks" className="scroll-mt-4" actions={<CheckButtons />}>
      <LatestHostingCheck chosen={view.check} onLatest={() => void setView({ check: null })} />
      <div className="flex flex-wrap items-center gap-2 border-t px-4 pt-2.5">
        <SegmentedControl
          label="Kind of check"
          value={view.checks}
          options={KIND_OPTIONS}
          onChange={(checks) => void setView({ checks })}
          className="h-7"
        />
      </div>
      {history.data === undefined ? (
        history.isError ? (
          <QueryError query={history} title="The checks could not be loaded" />
        ) : (
          <CheckRowsSkeleton />
        )
      ) : history.data.length === 0 ? (
        <EmptyState
          icon={FlaskConical}
          title={kind === undefined ? "Never checked" : "None of this kind"}
          className="py-8"
        >
          {kind === undefined
            ? "Checks run on every publish, on the canary's schedule, and whenever you ask."
            : "Nothing of this kind has run yet."}
        </EmptyState>
      ) : (
        <>
          <CheckTrend runs={history.data} />
          <ul className="divide-y border-t" aria-label="Check history">
            {history.data.slice(0, all ? undefined : ROWS_FIRST).map((check) => (
              <CheckRow
                key={check.id}
                check={check}
                {...(check.kind === "hosting"
                  ? { onShow: () => void setView({ check: check.id }), isShown: check.id === view.check }
                  : {})}
              />
            ))}
          </ul>
          {all || history.data.length <= ROWS_FIRST ? null : (
            <ShowAllButton count={history.data.length} onClick={() => setAll(true)} />
          )}
        </>
      )}
    </Card>
  );
}

/** The hosting check that was chosen from the history, else the newest, step by step. */
function LatestHostingCheck({ chosen, onLatest }: { chosen: string | null; onLatest: () => void }) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const checks = useQuery(hostingChecksQuery(org, server.slug));
  const check = checks.data?.find(({ id }) => id === chosen) ?? checks.data?.[0];
  if (checks.data === undefined) {
    return checks.isError ? (
      <QueryError query={checks} title="The hosting checks could not be loaded" className="py-6" />
    ) : (
      <CheckRowsSkeleton rows={2} />
    );
  }
  if (check === undefined) {
    return (
      <p className="px-4 py-3 text-muted">
        DNS, TLS, routing, runtime and tools/list were never checked in any region. Run checks asks every
        edge.
      </p>
    );
  }
  const isLatest = check.id === checks.data[0]?.id;
  return (
    <section aria-label="Hosting check">
      <header className="flex min-h-9 flex-wrap items-center gap-x-2 gap-y-1 border-b bg-raised/40 px-4 py-1.5">
        <CheckPill status={check.status} />
        <span className="text-muted text-xs">
          {isLatest ? "Last hosting check" : "Earlier hosting check"} <Time value={check.checkedAt} /> ·{" "}
          {formatDuration(check.durationMs)}
        </span>
        {check.status === "passed" ? null : <CheckBroke check={check} />}
        {isLatest ? null : (
          <Button size="sm" variant="ghost" className="ml-auto" onClick={onLatest}>
            Show the last one
          </Button>
        )}
      </header>
      <HostingCheckResult key={check.id} check={check} />
    </section>
  );
}

/** What can be run now; where it cannot, the button says why when asked. */
function CheckButtons() {
  const { slug: org, can } = useOrganization();
  const server = useServer();
  const smoke = useRunSmoke(org, server);
  const hosting = useRunHostingCheck(org, server);
  const canary = useRunCanary(org, server);
  const { data: config } = useQuery(serverConfigQuery(org, server.slug));
  const denied = can("checks:run") ? null : "Your role cannot run checks.";
  const noCanary =
    denied ??
    (server.status !== "active"
      ? "Only an active server can be tested. Publish or activate it first."
      : config?.checks.canary
        ? null
        : "No canary is declared. Settings → Release policy declares one.");
  return (
    <>
      <GuardedButton
        primary
        label="Run checks"
        pendingLabel="Running checks"
        run={hosting}
        refusal={denied}
      />
      <RunSmokeButton smoke={smoke} size="sm" variant="secondary" />
      <GuardedButton label="Run canary" pendingLabel="Running canary" run={canary} refusal={noCanary} />
    </>
  );
}

interface GuardedButtonProps {
  label: string;
  pendingLabel: string;
  run: { mutate: () => void; isPending: boolean };
  /** Why it cannot run; null when it can. */
  refusal: string | null;
  primary?: boolean;
}

function GuardedButton({ label, pendingLabel, run, refusal, primary = false }: GuardedButtonProps) {
  return (
    <Button
      size="sm"
      variant={primary ? "primary" : "secondary"}
      pending={run.isPending}
      aria-disabled={refusal === null ? undefined : true}
      title={refusal ?? undefined}
      onClick={() => {
        if (refusal === null) run.mutate();
        else notify.info(`${label} is not possible`, { description: refusal });
      }}
    >
      {run.isPending ? pendingLabel : label}
    </Button>
  );
}
