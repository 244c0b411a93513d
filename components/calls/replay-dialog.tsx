"use client";

// Does the same call give the same result now?

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { RotateCw } from "lucide-react";
import { useState } from "react";
import { useServer } from "#components/servers/server-context.tsx";
import { errorOfForm } from "#components/shell/field-errors.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { parseArguments } from "#components/tools/tool-fields.ts";
import { Dialog, DialogContent } from "#components/ui/dialog.tsx";
import { DialogForm } from "#components/ui/dialog-form.tsx";
import { Field } from "#components/ui/field.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { replayRequest } from "#lib/client/queries/calls.ts";
import { serverKey } from "#lib/client/queries/servers.ts";
import { isRedacted } from "#lib/client/redaction.ts";
import { ReplayResultView } from "./replay-result.tsx";

interface ReplayDialogProps {
  requestId: string;
  tool: string;
  /** As they were recorded; null when they were not. */
  recorded: Readonly<Record<string, unknown>> | null;
  onClose: () => void;
}

/** Runs a tool call again as a smoke test, and shows what is different. */
export function ReplayDialog({ requestId, tool, recorded, onClose }: ReplayDialogProps) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const queryClient = useQueryClient();
  const [text, setText] = useState(() => JSON.stringify(recorded ?? {}, null, 2));
  const [problem, setProblem] = useState<string | null>(null);
  const replay = useMutation({
    mutationFn: (args: Record<string, unknown> | null) => replayRequest(org, requestId, args),
    onSettled: () => queryClient.invalidateQueries({ queryKey: serverKey(org, server.slug) }),
  });
  const asRecorded = recorded === null ? null : JSON.stringify(recorded, null, 2);
  const submit = () => {
    if (text === asRecorded && !isRedacted(text)) {
      setProblem(null);
      replay.mutate(null);
      return;
    }
    const parsed = parseArguments(text);
    setProblem(parsed.errors === null ? null : (Object.values(parsed.errors)[0] ?? null));
    if (parsed.arguments) replay.mutate(parsed.arguments);
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={`Replay ${tool}`}
        description="Calls the tool for real on the active version, as a smoke test: what it changes, it changes again."
        className="max-w-3xl sm:top-[7vh] sm:max-h-[86vh]"
      >
        <DialogForm
          submit={
            <>
              {replay.isPending ? null : <RotateCw aria-hidden="true" />}
              {replay.isPending ? "Replaying" : replay.data ? "Replay again" : "Replay"}
            </>
          }
          cancel="Close"
          pending={replay.isPending}
          error={errorOfForm(replay.error)}
          onSubmit={submit}
          className="grid grid-cols-1 content-start gap-3"
        >
          <Field label="Arguments" hint={hintOf(recorded, text)} error={problem}>
            {(control) => (
              <Textarea
                {...control}
                value={text}
                rows={Math.min(10, Math.max(3, text.split("\n").length))}
                spellCheck={false}
                className="font-mono text-xs"
                onChange={(event) => setText(event.target.value)}
              />
            )}
          </Field>
          {replay.data && !replay.isPending ? <ReplayResultView result={replay.data} /> : null}
        </DialogForm>
      </DialogContent>
    </Dialog>
  );
}

function hintOf(recorded: ReplayDialogProps["recorded"], text: string): string {
  if (recorded === null) return "They were not recorded with the call: write them as a JSON object.";
  if (isRedacted(text)) return "A secret was redacted in them: put a real value in its place.";
  return "As they were recorded. What you change is sent instead.";
}
