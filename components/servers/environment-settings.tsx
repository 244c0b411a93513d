"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Trash2 } from "lucide-react";
import { useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { notify } from "#components/ui/notify.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { Time } from "#components/ui/time.tsx";
import { ApiError } from "#lib/client/api-error.ts";
import { serverConfigQuery, updateServerConfig } from "#lib/client/queries/servers.ts";
import { useServer } from "./server-context.tsx";

const ROWS_OF_SKELETON = ["a", "b"];

/** Environment variables: names are listed, values go in and never come out. */
export function EnvironmentSettings({ readOnly }: { readOnly: boolean }) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const config = useQuery(serverConfigQuery(org, server.slug));
  const [replacing, setReplacing] = useState<string | null>(null);
  const variables = config.data?.environment;
  return (
    <Card title="Environment variables">
      {variables === undefined ? (
        config.isError ? (
          <QueryError query={config} title="The variables could not be loaded" />
        ) : (
          <ul className="divide-y" aria-busy="true">
            {ROWS_OF_SKELETON.map((row) => (
              <li key={row} className="flex h-10 items-center px-4">
                <Skeleton className="w-1/2" />
              </li>
            ))}
          </ul>
        )
      ) : variables.length === 0 ? (
        <EmptyState icon={KeyRound} title="No variables" className="py-7">
          The code of this server gets them in <code className="text-xs">env</code>. Values are encrypted, and
          no page and no API shows them again.
        </EmptyState>
      ) : (
        <ul className="divide-y">
          {variables.map((variable) => (
            <li key={variable.name} className="flex min-h-10 items-center gap-3 px-4 py-1">
              <span className="min-w-0 flex-1 truncate font-mono text-xs">{variable.name}</span>
              <span aria-hidden="true" className="hidden text-faint tracking-widest sm:inline">
                ••••••••
              </span>
              <Time
                value={variable.updatedAt}
                className="hidden w-20 text-right text-faint text-xs sm:inline"
              />
              {readOnly ? null : (
                <>
                  <Button size="sm" variant="ghost" onClick={() => setReplacing(variable.name)}>
                    Replace
                  </Button>
                  <RemoveVariable name={variable.name} />
                </>
              )}
            </li>
          ))}
        </ul>
      )}
      {readOnly ? null : (
        <SetVariable key={replacing ?? ""} replacing={replacing} onDone={() => setReplacing(null)} />
      )}
    </Card>
  );
}

function useUpdateConfig(onDone: () => void) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (environment: Record<string, string | null>) =>
      updateServerConfig(org, server.slug, { environment }),
    onSuccess: (config, environment) => {
      queryClient.setQueryData(serverConfigQuery(org, server.slug).queryKey, config);
      const removed = Object.values(environment).every((value) => value === null);
      notify.success(`${Object.keys(environment).join(", ")} ${removed ? "removed" : "saved"}`, {
        description: "The runtime restarts with it; calls in flight finish first.",
      });
      onDone();
    },
  });
}

function SetVariable({ replacing, onDone }: { replacing: string | null; onDone: () => void }) {
  const [name, setName] = useState(replacing ?? "");
  const [value, setValue] = useState("");
  const update = useUpdateConfig(() => {
    setName("");
    setValue("");
    onDone();
  });
  const fieldError = update.error instanceof ApiError ? (update.error.errors[0]?.message ?? null) : null;
  return (
    <form
      className="grid items-start gap-3 border-t p-4 sm:grid-cols-[minmax(0,1fr)_minmax(0,1.4fr)_auto]"
      onSubmit={(event) => {
        event.preventDefault();
        update.mutate({ [name]: value });
      }}
    >
      <Field label={replacing ? "Replace" : "New variable"} error={fieldError ?? update.error?.message}>
        {(control) => (
          <Input
            {...control}
            value={name}
            onChange={(event) => setName(event.target.value)}
            placeholder="API_KEY"
            required
            readOnly={replacing !== null}
            maxLength={128}
            pattern="[A-Za-z_][A-Za-z0-9_]*"
            title="Letters, digits and underscores, not starting with a digit"
            spellCheck={false}
            autoComplete="off"
            className="font-mono"
          />
        )}
      </Field>
      <Field label="Value">
        {(control) => (
          <Textarea
            {...control}
            value={value}
            onChange={(event) => setValue(event.target.value)}
            rows={1}
            required
            autoFocus={replacing !== null}
            spellCheck={false}
            autoComplete="off"
            maxLength={32_768}
            className="min-h-8 font-mono"
          />
        )}
      </Field>
      <div className="flex gap-2 sm:pt-6.25">
        {replacing ? <Button onClick={onDone}>Cancel</Button> : null}
        <Button type="submit" pending={update.isPending}>
          Save
        </Button>
      </div>
    </form>
  );
}

function RemoveVariable({ name }: { name: string }) {
  const [asking, setAsking] = useState(false);
  const update = useUpdateConfig(() => setAsking(false));
  return (
    <>
      <Button size="icon-sm" variant="ghost" aria-label={`Remove ${name}`} onClick={() => setAsking(true)}>
        <Trash2 aria-hidden="true" />
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Remove ${name}?`}
        confirmLabel="Remove"
        danger
        pending={update.isPending}
        error={update.error ? messageOf(update.error) : null}
        onConfirm={() => update.mutate({ [name]: null })}
      >
        The code of this server no longer gets it from its next start on. The value cannot be brought back.
      </ConfirmDialog>
    </>
  );
}
