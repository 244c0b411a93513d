"use client";

// How does a caller of mine get an identity, with keys and a budget of its own?

import { useMutation, useQueryClient } from "@tanstack/react-query";
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
import { notify } from "#components/ui/notify.ts";
import { agentsKey, createAgent } from "#lib/client/queries/agents.ts";
import { AgentFields } from "./agent-fields.tsx";

export function NewAgent() {
  const { slug: org, can } = useOrganization();
  return (
    <>
      <PageHeader crumbs={[{ label: "Agents", href: `/${org}/agents` }]} title="New agent" />
      <PageBody narrow>
        <Card>
          {can("agents:write") ? (
            <NewAgentForm />
          ) : (
            <DeniedState detail="Creating agents needs the role admin or owner. Ask one of them." />
          )}
        </Card>
      </PageBody>
    </>
  );
}

function NewAgentForm() {
  const { slug: org } = useOrganization();
  const router = useRouter();
  const queryClient = useQueryClient();
  const [values, setValues] = useState({ name: "", description: "" });
  const create = useMutation({
    mutationFn: () => createAgent(org, values),
    onSuccess: (agent) => {
      notify.success(`${agent.name} is created`, { description: "Attach the servers that it may call." });
      router.push(`/${org}/agents/${agent.id}/servers?attach=true`);
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: agentsKey(org) }),
  });
  return (
    <form
      className="grid gap-5 p-4 sm:p-5"
      onSubmit={(event) => {
        event.preventDefault();
        if (!create.isPending && !create.isSuccess) create.mutate();
      }}
    >
      <AgentFields
        values={values}
        onChange={setValues}
        readOnly={create.isPending}
        errorOf={(field) => errorOfField(create.error, field)}
        autoFocus
      />
      <p className="text-muted text-xs">
        It starts without servers, keys and caps: it may call nothing until you attach a server and make a
        key, and spends what the organization has until you give it a budget.
      </p>
      {create.error && !isFieldError(create.error, ["name", "description"]) ? (
        <Notice tone="fail">{messageOf(create.error)}</Notice>
      ) : null}
      <div className="flex flex-wrap items-center justify-end gap-2 border-t pt-4">
        <Button asChild variant="ghost">
          <Link href={`/${org}/agents`}>Cancel</Link>
        </Button>
        <Button type="submit" variant="primary" pending={create.isPending || create.isSuccess}>
          Create agent
        </Button>
      </div>
    </form>
  );
}
