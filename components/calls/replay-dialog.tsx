"use client";

// Does the same call give the same result now?

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { RotateCw } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useServer } from "#components/servers/server-context.tsx";
import { messageOf } from "#components/shell/error-message.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { parseArguments } from "#components/tools/tool-fields.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogBody, DialogClose, DialogContent, DialogFooter } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Notice } from "#components/ui/notice.tsx";
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
  const submit = (event: FormEvent) => {
    event.preventDefault();
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
        <form onSubmit={submit} className="flex min-h-0 flex-1 flex-col">
          <DialogBody className="grid grid-cols-1 content-start gap-3">
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
            {replay.isError ? <Notice tone="fail">{messageOf(replay.error)}</Notice> : null}
            {replay.data && !replay.isPending ? <ReplayResultView result={replay.data} /> : null}
          </DialogBody>
          <DialogFooter>
            <DialogClose asChild>
              <Button>Close</Button>
            </DialogClose>
            <Button type="submit" variant="primary" pending={replay.isPending}>
              {replay.isPending ? null : <RotateCw aria-hidden="true" />}
              {replay.isPending ? "Replaying" : replay.data ? "Replay again" : "Replay"}
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}

function hintOf(recorded: ReplayDialogProps["recorded"], text: string): string {
  if (recorded === null) return "They were not recorded with the call: write them as a JSON object.";
  if (isRedacted(text)) return "A secret was redacted in them: put a real value in its place.";
  return "As they were recorded. What you change is sent instead.";
}
