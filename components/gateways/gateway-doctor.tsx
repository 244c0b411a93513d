"use client";

// Would a client that knows nothing but the URL get in, and if not, what is in its way?

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Check, Stethoscope, X } from "lucide-react";
import { useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { PageBody } from "#components/shell/page-body.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { formatDuration } from "#components/ui/numbers.ts";
import { Pill } from "#components/ui/pill.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import { ApiError } from "#lib/client/api-error.ts";
import { gatewayKey, runGatewayDoctor } from "#lib/client/queries/gateways.ts";
import type { DoctorReport } from "#lib/contract/index.ts";
import { DoctorChecks } from "./doctor-checks.tsx";
import { summaryOf } from "./doctor-statuses.ts";
import { useGateway } from "./gateway-context.tsx";

export function GatewayDoctor() {
  const { org, gateway } = useGateway();
  const { can } = useOrganization();
  const queryClient = useQueryClient();
  const reportKey = [...gatewayKey(org, gateway.id), "doctor"];
  // A report is nowhere stored; it stays in this window until the next one.
  const last = useQuery<DoctorReport | null>({
    queryKey: reportKey,
    queryFn: () => queryClient.getQueryData<DoctorReport>(reportKey) ?? null,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });
  const run = useMutation({
    mutationFn: (credential: string) =>
      runGatewayDoctor(org, gateway.id, credential === "" ? undefined : credential),
    onSuccess: (report) => queryClient.setQueryData(reportKey, report),
  });
  const report = last.data ?? null;
  return (
    <PageBody>
      <Card title="Doctor">
        <DoctorForm
          mayRun={can("checks:run")}
          pending={run.isPending}
          onRun={(credential) => run.mutate(credential)}
        />
      </Card>
      {run.isPending ? (
        <ReportSkeleton />
      ) : run.error ? (
        <Card>
          <ErrorState
            title="The doctor could not finish"
            detail={messageOf(run.error)}
            requestId={run.error instanceof ApiError ? run.error.requestId : null}
          />
        </Card>
      ) : report ? (
        <Report report={report} />
      ) : (
        <Card>
          <EmptyState icon={Stethoscope} title="Not run in this window yet">
            It asks every public URL what a client would ask: HTTPS, the metadata documents, the audience, the
            challenge, and with a credential tools/list as well.
          </EmptyState>
          <div className="mx-auto grid max-w-md gap-1.5 px-6 pb-8">
            <p className="text-center text-faint text-xs">The same in a terminal or a pipeline</p>
            <CodeBlock label="command" code={`mcpstack gateways doctor ${gateway.id}`} />
          </div>
        </Card>
      )}
    </PageBody>
  );
}

interface DoctorFormProps {
  mayRun: boolean;
  pending: boolean;
  onRun: (credential: string) => void;
}

function DoctorForm({ mayRun, pending, onRun }: DoctorFormProps) {
  const { gateway } = useGateway();
  const [credential, setCredential] = useState("");
  return (
    <form
      className="p-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!pending && mayRun) onRun(credential.trim());
      }}
    >
      <Field
        label="Credential"
        optional
        hint={
          mayRun
            ? "A key or an access token, to go through the door as well. It is used once and not stored."
            : "Running the doctor needs the role developer or higher."
        }
      >
        {(control) => (
          <div className="flex max-w-xl flex-wrap gap-2">
            <Input
              {...control}
              type="password"
              value={credential}
              onChange={(event) => setCredential(event.target.value)}
              placeholder={gateway.access.includes("key") ? "mcpstack_gk_…" : ""}
              maxLength={8192}
              autoComplete="off"
              spellCheck={false}
              className="min-w-0 flex-1 basis-52 font-mono text-xs"
              disabled={!mayRun}
            />
            <Button type="submit" variant="primary" pending={pending} disabled={!mayRun}>
              {pending ? null : <Stethoscope aria-hidden="true" />}
              Run doctor
            </Button>
          </div>
        )}
      </Field>
    </form>
  );
}

function Report({ report }: { report: DoctorReport }) {
  const all = [...report.checks, ...report.servers.flatMap((server) => server.checks)];
  const passed = report.status === "passed";
  return (
    <>
      <div role="status" className="flex flex-wrap items-center gap-x-3 gap-y-1 px-1 text-muted text-xs">
        <Pill tone={passed ? "ok" : "fail"} icon={passed ? Check : X}>
          {report.status}
        </Pill>
        <span>{summaryOf(all)}</span>
        <span>
          <Time value={report.checkedAt} /> in {formatDuration(report.durationMs)}
        </span>
      </div>
      {report.checks.length > 0 ? (
        <Card title="The gateway" aside={<Summary checks={report.checks} />}>
          <DoctorChecks checks={report.checks} />
        </Card>
      ) : null}
      {report.servers.map((server) => (
        <Card
          key={server.serverId}
          title={server.serverSlug}
          aside={
            <>
              <Summary checks={server.checks} />
              <span className="min-w-0 truncate font-mono text-faint text-xs">{server.url}</span>
            </>
          }
        >
          <DoctorChecks checks={server.checks} />
        </Card>
      ))}
    </>
  );
}

function Summary({ checks }: { checks: DoctorReport["checks"] }) {
  return <span className="text-muted text-xs">{summaryOf(checks)}</span>;
}

const ROWS_OF_SKELETON = ["a", "b", "c", "d", "e"];

function ReportSkeleton() {
  return (
    <Card title="Looking …" aria-busy="true">
      <ul className="divide-y">
        {ROWS_OF_SKELETON.map((row) => (
          <li key={row} className="flex h-14 items-center gap-3 px-4">
            <Skeleton className="h-5 w-14 rounded-full" />
            <Skeleton className="w-1/3" />
          </li>
        ))}
      </ul>
    </Card>
  );
}
