"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { errorOfField, errorOfForm } from "#components/shell/field-errors.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogContent } from "#components/ui/dialog.tsx";
import { DialogForm } from "#components/ui/dialog-form.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { notify } from "#components/ui/notify.ts";
import { Select } from "#components/ui/select.tsx";
import {
  createLogDrain,
  logDrainsKey,
  testLogDrain,
  updateLogDrain,
} from "#lib/client/queries/log-drains.ts";
import type { LogDrain, LogDrainKind, LogLevel, StoredLog } from "#lib/contract/index.ts";
import { KIND_LABEL, LOGS } from "./drain-words.ts";
import { HeaderEntries, type HeaderEntry, headersOf } from "./header-entries.tsx";
import { LogChoices } from "./log-choices.tsx";
import { ServerChoices } from "./server-choices.tsx";

const LEVELS: readonly { value: LogLevel; label: string }[] = [
  { value: "debug", label: "Everything" },
  { value: "info", label: "Info and worse" },
  { value: "warn", label: "Warnings and errors" },
  { value: "error", label: "Errors only" },
];
const PLACEHOLDER: Record<LogDrainKind, string> = {
  http_ndjson: "https://logs.example.com/ingest",
  otlp_http: "https://collector.example.com/v1/logs",
};
const FIELDS = ["name", "url", "headers", "logs", "serverIds"];

/** Makes a drain, or changes one. A new one is tested at once, because a typo shows soonest there. */
export function DrainDialog({ drain, onClose }: { drain: LogDrain | null; onClose: () => void }) {
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={drain ? `Edit ${drain.name}` : "New log drain"}
        className="max-w-xl sm:top-[8vh] sm:max-h-[84vh]"
      >
        <DrainForm drain={drain} onClose={onClose} />
      </DialogContent>
    </Dialog>
  );
}

function DrainForm({ drain, onClose }: { drain: LogDrain | null; onClose: () => void }) {
  const { slug: org } = useOrganization();
  const queryClient = useQueryClient();
  const [name, setName] = useState(drain?.name ?? "");
  const [kind, setKind] = useState<LogDrainKind>(drain?.kind ?? "http_ndjson");
  const [url, setUrl] = useState(drain?.url ?? "");
  const [logs, setLogs] = useState<readonly StoredLog[]>(drain?.logs ?? LOGS);
  const [serverIds, setServerIds] = useState<readonly string[] | null>(drain?.serverIds ?? null);
  const [levelMin, setLevelMin] = useState<LogLevel>(drain?.levelMin ?? "debug");
  // Null: the stored ones stay. Their values cannot be shown, so they are replaced as a whole or not at all.
  const [headers, setHeaders] = useState<readonly HeaderEntry[] | null>(drain ? null : []);
  const save = useMutation({
    mutationFn: async () => {
      const settings = {
        name,
        url,
        logs: [...logs],
        serverIds: serverIds && [...serverIds],
        levelMin,
        ...(headers === null ? {} : { headers: headersOf(headers) }),
      };
      return drain ? updateLogDrain(org, drain.id, settings) : createLogDrain(org, { ...settings, kind });
    },
    onSuccess: (saved) => {
      onClose();
      void tellTest(org, saved);
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: logDrainsKey(org) }),
  });
  const errorOf = (field: string) => errorOfField(save.error, field);
  return (
    <DialogForm
      submit={drain ? "Save drain" : "Create drain"}
      disabled={logs.length === 0 || serverIds?.length === 0}
      pending={save.isPending}
      onSubmit={() => save.mutate()}
      error={errorOfForm(save.error, FIELDS)}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Name" error={errorOf("name")}>
          {(control) => (
            <Input
              {...control}
              value={name}
              onChange={(event) => setName(event.target.value)}
              placeholder="Warehouse"
              required
              maxLength={100}
              autoComplete="off"
            />
          )}
        </Field>
        <Field label="Format">
          {(control) => (
            <Select
              {...control}
              value={kind}
              disabled={drain !== null}
              onChange={(event) => setKind(event.target.value === "otlp_http" ? "otlp_http" : "http_ndjson")}
            >
              <option value="http_ndjson">{KIND_LABEL.http_ndjson}</option>
              <option value="otlp_http">{KIND_LABEL.otlp_http}</option>
            </Select>
          )}
        </Field>
      </div>
      <Field
        label="URL"
        hint="Each delivery is a POST to exactly this address; redirects are not followed."
        error={errorOf("url")}
      >
        {(control) => (
          <Input
            {...control}
            type="url"
            value={url}
            onChange={(event) => setUrl(event.target.value)}
            placeholder={PLACEHOLDER[kind]}
            required
            maxLength={2_000}
            spellCheck={false}
            autoComplete="off"
            className="font-mono"
          />
        )}
      </Field>
      <fieldset className="grid gap-1.5">
        <legend className="mb-1.5 font-medium">Headers</legend>
        {headers === null ? (
          <div className="flex flex-wrap items-center gap-2 text-muted">
            <span className="min-w-0 break-words">
              {drain?.headerNames.length ? (
                <>
                  <span className="font-mono text-xs">{drain.headerNames.join(", ")}</span>: stored encrypted,
                  not shown
                </>
              ) : (
                "None"
              )}
            </span>
            <Button size="sm" onClick={() => setHeaders([{ key: 1, name: "", value: "" }])}>
              {drain?.headerNames.length ? "Replace all" : "Add"}
            </Button>
          </div>
        ) : (
          <HeaderEntries entries={headers} onChange={setHeaders} error={errorOf("headers")} />
        )}
      </fieldset>
      <LogChoices logs={logs} onChange={setLogs} error={errorOf("logs")} />
      <Field label="Level">
        {(control) => (
          <Select
            {...control}
            value={levelMin}
            onChange={(event) =>
              setLevelMin(LEVELS.find(({ value }) => value === event.target.value)?.value ?? "debug")
            }
          >
            {LEVELS.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <ServerChoices serverIds={serverIds} onChange={setServerIds} error={errorOf("serverIds")} />
    </DialogForm>
  );
}

/** Sends a test line to a drain that was just saved, and says how it went. */
async function tellTest(org: string, drain: LogDrain): Promise<void> {
  try {
    const { isAccepted, message } = await testLogDrain(org, drain.id);
    if (isAccepted) notify.success(`${drain.name} is saved and took a test line`);
    else notify.error(`${drain.name} is saved, but did not take a test line`, { description: message });
  } catch (error) {
    notify.error(`${drain.name} is saved, but could not be tested`, { description: messageOf(error) });
  }
}
