"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Pause, Play } from "lucide-react";
import { useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { notify } from "#components/ui/notify.ts";
import { agentQuery, agentsKey, pauseAgent, resumeAgent } from "#lib/client/queries/agents.ts";
import { useAgent } from "./agent-context.tsx";

const NOTE_CHARACTERS_MAX = 500;

/** Stops all calls of the agent, or lets them go on, after asking for its name. */
export function PauseButton({ size = "md" }: { size?: "sm" | "md" }) {
  const { org, agent } = useAgent();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [note, setNote] = useState("");
  const isPaused = agent.status === "paused";
  const change = useMutation({
    mutationFn: () =>
      isPaused ? resumeAgent(org, agent.id) : pauseAgent(org, agent.id, note.trim() || null),
    onSuccess: (changed) => {
      queryClient.setQueryData(agentQuery(org, agent.id).queryKey, changed);
      setAsking(false);
      setNote("");
      notify.success(
        changed.status === "paused" ? `${changed.name} is paused` : `${changed.name} may call again`,
        { description: "It holds for every call within two seconds." },
      );
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: agentsKey(org) }),
  });
  const Icon = isPaused ? Play : Pause;
  return (
    <>
      <Button size={size} onClick={() => setAsking(true)}>
        <Icon aria-hidden="true" />
        {isPaused ? "Resume" : "Pause"}
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={(open) => {
          setAsking(open);
          if (!open) change.reset();
        }}
        title={isPaused ? `Let ${agent.name} call again?` : `Pause ${agent.name}?`}
        phrase={agent.name}
        confirmLabel={isPaused ? "Resume agent" : "Pause agent"}
        danger={!isPaused}
        pending={change.isPending}
        error={change.error ? messageOf(change.error) : null}
        onConfirm={() => change.mutate()}
      >
        {isPaused ? (
          agent.pause?.reason === "loop_suspected" ? (
            "It was paused because it made the same call again and again. When it still does, it is paused again."
          ) : (
            "Its calls are let through again, as its servers, grants and budgets allow."
          )
        ) : (
          <div className="grid gap-3 text-left">
            <p>
              Every call of it is denied within two seconds, with words that say so. Calls that run now end as
              they would. Keys, servers and budgets stay.
            </p>
            <Field label="Why" optional hint="Shown to whoever wonders why it stopped.">
              {(control) => (
                <Input
                  {...control}
                  value={note}
                  onChange={(event) => setNote(event.target.value)}
                  maxLength={NOTE_CHARACTERS_MAX}
                  autoComplete="off"
                />
              )}
            </Field>
          </div>
        )}
      </ConfirmDialog>
    </>
  );
}
