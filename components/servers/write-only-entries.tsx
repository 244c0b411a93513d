"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
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

/** What the names are of, and how they are spoken of. */
export interface EntryKind {
  /** Their name in the configuration. */
  field: "environment" | "upstreamHeaders";
  id: string;
  title: string;
  emptyTitle: string;
  empty: ReactNode;
  newLabel: string;
  placeholder: string;
  pattern: string;
  patternHint: string;
  nameCharactersMax: number;
  valueCharactersMax: number;
  valueRows: "one" | "many";
  savedNote: string;
  removeText: string;
}

/** Secrets by name: the names are listed, the values go in and never come out. */
export function WriteOnlyEntries({ kind, readOnly }: { kind: EntryKind; readOnly: boolean }) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const config = useQuery(serverConfigQuery(org, server.slug));
  const [replacing, setReplacing] = useState<string | null>(null);
  const entries = config.data?.[kind.field];
  return (
    <Card id={kind.id} title={kind.title} className="scroll-mt-4">
      {entries === undefined ? (
        config.isError ? (
          <QueryError query={config} title={`${kind.title} could not be loaded`} />
        ) : (
          <ul className="divide-y" aria-busy="true">
            {ROWS_OF_SKELETON.map((row) => (
              <li key={row} className="flex h-10 items-center px-4">
                <Skeleton className="w-1/2" />
              </li>
            ))}
          </ul>
        )
      ) : entries.length === 0 ? (
        <EmptyState icon={KeyRound} title={kind.emptyTitle} className="py-7">
          {kind.empty} Values are encrypted, and no page and no API shows them again.
        </EmptyState>
      ) : (
        <ul className="divide-y">
          {entries.map((entry) => (
            <li key={entry.name} className="flex min-h-10 items-center gap-3 px-4 py-1">
              <span className="min-w-0 flex-1 truncate font-mono text-xs">{entry.name}</span>
              <span aria-hidden="true" className="hidden text-faint tracking-widest sm:inline">
                ••••••••
              </span>
              <Time value={entry.updatedAt} className="hidden w-20 text-right text-faint text-xs sm:inline" />
              {readOnly ? null : (
                <>
                  <Button size="sm" variant="ghost" onClick={() => setReplacing(entry.name)}>
                    Replace
                  </Button>
                  <RemoveEntry kind={kind} name={entry.name} />
                </>
              )}
            </li>
          ))}
        </ul>
      )}
      {readOnly ? null : (
        <SetEntry key={replacing ?? ""} kind={kind} replacing={replacing} onDone={() => setReplacing(null)} />
      )}
    </Card>
  );
}

function useUpdateConfig(kind: EntryKind, onDone: () => void) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (values: Record<string, string | null>) =>
      updateServerConfig(org, server.slug, { [kind.field]: values }),
    onSuccess: (config, values) => {
      queryClient.setQueryData(serverConfigQuery(org, server.slug).queryKey, config);
      const removed = Object.values(values).every((value) => value === null);
      notify.success(`${Object.keys(values).join(", ")} ${removed ? "removed" : "saved"}`, {
        description: kind.savedNote,
      });
      onDone();
    },
  });
}

interface SetEntryProps {
  kind: EntryKind;
  replacing: string | null;
  onDone: () => void;
}

function SetEntry({ kind, replacing, onDone }: SetEntryProps) {
  const [name, setName] = useState(replacing ?? "");
  const [value, setValue] = useState("");
  const update = useUpdateConfig(kind, () => {
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
      <Field label={replacing ? "Replace" : kind.newLabel} error={fieldError ?? update.error?.message}>
        {(control) => (
          <Input
            {...control}
            value={name}
            onChange={(event) => setName(event.target.value)}
            placeholder={kind.placeholder}
            required
            readOnly={replacing !== null}
            maxLength={kind.nameCharactersMax}
            pattern={kind.pattern}
            title={kind.patternHint}
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
            onChange={(event) =>
              setValue(
                kind.valueRows === "one" ? event.target.value.replaceAll(/[\r\n]+/g, "") : event.target.value,
              )
            }
            rows={1}
            required
            autoFocus={replacing !== null}
            spellCheck={false}
            autoComplete="off"
            maxLength={kind.valueCharactersMax}
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

function RemoveEntry({ kind, name }: { kind: EntryKind; name: string }) {
  const [asking, setAsking] = useState(false);
  const update = useUpdateConfig(kind, () => setAsking(false));
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
        {kind.removeText} The value cannot be brought back.
      </ConfirmDialog>
    </>
  );
}
