"use client";

// Something is wrong: what do you see, and what is it about?

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Footprints } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { errorOfField, isFieldError } from "#components/shell/field-errors.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { PageBody } from "#components/shell/page-body.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { DeniedState } from "#components/ui/denied-state.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { newIdempotencyKey } from "#lib/client/idempotency-key.ts";
import { createIncident, incidentQuery } from "#lib/client/queries/incidents.ts";
import { incidentsKey } from "#lib/client/queries/open-incidents.ts";
import type { CreateIncident } from "#lib/contract/index.ts";
import { incidentHref } from "./incident-text.ts";
import { Looking } from "./looking.tsx";
import type { StartSearch } from "./start-search.ts";
import { inputOf, type StartValues, valuesOf } from "./start-values.ts";
import { SubjectFields } from "./subject-fields.tsx";
import { SymptomCards } from "./symptom-cards.tsx";

const FIELDS = ["server", "agent", "tool", "client", "requestId", "at"] as const;

export function StartWalkthrough({ search }: { search: StartSearch }) {
  const { slug: org, can } = useOrganization();
  return (
    <>
      <PageHeader crumbs={[{ label: "Incidents", href: `/${org}/incidents` }]} title="Start walkthrough" />
      <PageBody className="max-w-5xl">
        <Card>
          {can("incidents:write") ? (
            <StartForm search={search} />
          ) : (
            <DeniedState detail="Opening incidents needs the role developer, admin or owner. Ask one of them." />
          )}
        </Card>
      </PageBody>
    </>
  );
}

function StartForm({ search }: { search: StartSearch }) {
  const { slug: org } = useOrganization();
  const router = useRouter();
  const queryClient = useQueryClient();
  const [values, setValues] = useState(() => valuesOf(search));
  const [wrong, setWrong] = useState<Partial<Record<keyof StartValues, string>>>({});
  const create = useMutation({
    mutationFn: (input: CreateIncident) => createIncident(org, input, newIdempotencyKey()),
    onSuccess: (incident) => {
      queryClient.setQueryData(incidentQuery(org, String(incident.number)).queryKey, incident);
      router.push(incidentHref(org, incident.number));
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: incidentsKey(org) }),
  });
  const isBusy = create.isPending || create.isSuccess;
  return (
    <form
      className="grid gap-5 p-4 sm:p-5"
      onSubmit={(event) => {
        event.preventDefault();
        if (isBusy) return;
        const asked = inputOf(values, search);
        setWrong("wrong" in asked ? asked.wrong : {});
        if ("input" in asked) create.mutate(asked.input);
      }}
    >
      <SymptomCards value={values.symptom} onChange={(symptom) => setValues({ ...values, symptom })} />
      <SubjectFields
        org={org}
        values={values}
        onChange={(change) => {
          setValues({ ...values, ...change });
          setWrong({});
        }}
        errorOf={(field) => wrong[field] ?? errorOfField(create.error, field)}
      />
      {create.error && !isFieldError(create.error, FIELDS) ? (
        <Notice tone="fail">{messageOf(create.error)}</Notice>
      ) : null}
      <div className="flex flex-wrap items-center justify-end gap-x-4 gap-y-3 border-t pt-4">
        <div className="min-w-0 flex-1 basis-72">
          {isBusy ? (
            <Looking />
          ) : (
            <p className="text-muted text-xs">
              Every hop is asked at the same time: fresh probes of the server, stored logs, decisions, usage
              and budgets. Nothing is changed. If an incident about the same is open, you get that one.
            </p>
          )}
        </div>
        <Button asChild variant="ghost">
          <Link href={`/${org}/incidents`}>Cancel</Link>
        </Button>
        <Button type="submit" variant="primary" pending={isBusy}>
          {isBusy ? null : <Footprints aria-hidden="true" />}
          Start walkthrough
        </Button>
      </div>
    </form>
  );
}
