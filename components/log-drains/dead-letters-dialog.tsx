"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { MailCheck } from "lucide-react";
import { messageOf } from "#components/shell/error-message.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogBody, DialogClose, DialogContent, DialogFooter } from "#components/ui/dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { notify } from "#components/ui/notify.ts";
import { formatCounted } from "#components/ui/numbers.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import { deadLettersQuery, logDrainsKey, retryDeadLetter } from "#lib/client/queries/log-drains.ts";
import type { DeadLetter, LogDrain } from "#lib/contract/index.ts";
import { LOG_LABEL } from "./drain-words.ts";

interface DeadLettersDialogProps {
  drain: LogDrain;
  mayWrite: boolean;
  onClose: () => void;
}

/** What the sink did not take, and why; each batch can be sent again while its rows are stored. */
export function DeadLettersDialog({ drain, mayWrite, onClose }: DeadLettersDialogProps) {
  const { slug: org } = useOrganization();
  const letters = useQuery(deadLettersQuery(org, drain.id));
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={`Not taken by ${drain.name}`}
        description="Refused for good, or not taken in many tries. Sending again works while the rows are stored."
        className="max-w-2xl"
      >
        <DialogBody className="border-t p-0">
          {letters.data === undefined ? (
            letters.isError ? (
              <QueryError query={letters} title="They could not be loaded" />
            ) : (
              <div className="grid gap-2.5 p-4" aria-busy="true">
                <Skeleton className="w-1/3" />
                <Skeleton className="w-2/3" />
              </div>
            )
          ) : letters.data.length === 0 ? (
            <EmptyState icon={MailCheck} title="Nothing to send again">
              Everything on this list was taken, or is no longer stored. Records that an OpenTelemetry
              collector rejected inside a batch are counted, not listed: it does not say which they were.
            </EmptyState>
          ) : (
            <ul className="divide-y" aria-label="Batches that were not taken">
              {letters.data.map((letter) => (
                <Letter key={letter.id} drain={drain} letter={letter} mayWrite={mayWrite} />
              ))}
            </ul>
          )}
        </DialogBody>
        <DialogFooter>
          <DialogClose asChild>
            <Button>Close</Button>
          </DialogClose>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}

function Letter({ drain, letter, mayWrite }: { drain: LogDrain; letter: DeadLetter; mayWrite: boolean }) {
  const { slug: org } = useOrganization();
  const queryClient = useQueryClient();
  const retry = useMutation({
    mutationFn: () => retryDeadLetter(org, drain.id, letter.id),
    onSuccess: (result) =>
      result.isAccepted
        ? notify.success(`${formatCounted(result.rows, "record")} taken`)
        : notify.error("Not taken", { description: result.message }),
    onError: (error) => notify.error("It could not be sent again", { description: messageOf(error) }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: logDrainsKey(org) }),
  });
  return (
    <li className="flex items-start gap-3 px-4 py-2.5">
      <span className="grid min-w-0 flex-1 gap-0.5">
        <span className="flex flex-wrap gap-x-2">
          <span className="font-medium">{LOG_LABEL[letter.log]}</span>
          <span className="text-muted tabular-nums">{formatCounted(letter.rows, "record")}</span>
          <Time value={letter.createdAt} className="text-faint" />
        </span>
        <span className="break-words text-muted text-xs">{withSigns(letter.reason)}</span>
      </span>
      {mayWrite ? (
        <Button size="sm" pending={retry.isPending} onClick={() => retry.mutate()}>
          Send again
        </Button>
      ) : null}
    </li>
  );
}
