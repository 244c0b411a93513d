"use client";

// What is this agent called, what is it for, and how is it deleted?

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { errorOfField, isFieldError } from "#components/shell/field-errors.ts";
import { PageBody } from "#components/shell/page-body.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { notify } from "#components/ui/notify.ts";
import { agentKey, agentQuery, agentsKey, deleteAgent, updateAgent } from "#lib/client/queries/agents.ts";
import { organizationKey } from "#lib/client/queries/organizations.ts";
import { useAgent } from "./agent-context.tsx";
import { AgentFields } from "./agent-fields.tsx";

export function AgentSettings() {
  const { agent, mayWrite } = useAgent();
  return (
    <PageBody narrow>
      {/* What somebody else saves meanwhile is what the form starts from. */}
      <Card title="General">
        <SettingsForm key={agent.updatedAt} />
      </Card>
      {mayWrite ? <DangerZone /> : null}
    </PageBody>
  );
}

function SettingsForm() {
  const { org, agent, mayWrite } = useAgent();
  const queryClient = useQueryClient();
  const [values, setValues] = useState({ name: agent.name, description: agent.description });
  const update = useMutation({
    mutationFn: () => updateAgent(org, agent.id, values),
    onSuccess: (saved) => {
      queryClient.setQueryData(agentQuery(org, agent.id).queryKey, saved);
      notify.success(`${saved.name}: settings saved`);
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: agentsKey(org) }),
  });
  const isChanged = values.name !== agent.name || values.description !== agent.description;
  return (
    <form
      className="grid gap-5 p-4 sm:p-5"
      onSubmit={(event) => {
        event.preventDefault();
        update.mutate();
      }}
    >
      <AgentFields
        values={values}
        onChange={setValues}
        readOnly={!mayWrite}
        errorOf={(field) => errorOfField(update.error, field)}
      />
      {update.error && !isFieldError(update.error, ["name", "description"]) ? (
        <Notice tone="fail">{messageOf(update.error)}</Notice>
      ) : null}
      {mayWrite ? (
        <div>
          <Button type="submit" disabled={!isChanged} pending={update.isPending}>
            Save
          </Button>
        </div>
      ) : null}
    </form>
  );
}

function DangerZone() {
  const { org, agent } = useAgent();
  const router = useRouter();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState(false);
  const remove = useMutation({
    mutationFn: () => deleteAgent(org, agent.id),
    onSuccess: async () => {
      notify.success(`${agent.name} is deleted`);
      router.push(`/${org}/agents`);
      queryClient.removeQueries({ queryKey: agentKey(org, agent.id) });
      await queryClient.invalidateQueries({ queryKey: organizationKey(org) });
    },
  });
  return (
    <Card title="Danger zone" className="border-fail/30">
      <div className="flex flex-wrap items-center justify-between gap-3 p-4">
        <p className="min-w-0 flex-1 basis-64 text-muted">
          Deletes the agent with its caps, and revokes its keys for good. What it called and spent stays in
          the logs and in the ledger.
        </p>
        <Button variant="danger-quiet" onClick={() => setAsking(true)}>
          Delete agent
        </Button>
      </div>
      <ConfirmDialog
        open={asking}
        onOpenChange={(open) => {
          setAsking(open);
          if (!open) remove.reset();
        }}
        title={`Delete ${agent.name}?`}
        phrase={agent.name}
        confirmLabel="Delete agent"
        danger
        pending={remove.isPending || remove.isSuccess}
        error={remove.error ? messageOf(remove.error) : null}
        onConfirm={() => remove.mutate()}
      >
        Its keys are refused within two seconds. This cannot be undone.
      </ConfirmDialog>
    </Card>
  );
}
