"use client";

import { useId } from "react";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Button } from "#components/ui/button.tsx";
import type { SuggestedAction } from "#lib/contract/index.ts";
import { ACTION_WORDS, refusalOf } from "./action-words.ts";
import { useIncident } from "./incident-context.tsx";

interface ActionButtonsProps {
  actions: readonly SuggestedAction[];
  /** Asks before the action is taken. */
  onAct: (action: SuggestedAction) => void;
}

/** What may be done about it from here; who may not is told why. */
export function ActionButtons({ actions, onAct }: ActionButtonsProps) {
  const { can } = useOrganization();
  const { incident } = useIncident();
  if (actions.length === 0 || incident.status === "merged") return null;
  return (
    <div className="flex flex-wrap gap-2">
      {actions.map((action) => (
        <ActionButton
          key={`${action.action}:${action.targetId}`}
          action={action}
          refusal={refusalOf(action.action, can)}
          onAsk={() => onAct(action)}
        />
      ))}
    </div>
  );
}

interface ActionButtonProps {
  action: SuggestedAction;
  refusal: string | null;
  onAsk: () => void;
}

function ActionButton({ action, refusal, onAsk }: ActionButtonProps) {
  const id = useId();
  const { icon: Icon } = ACTION_WORDS[action.action];
  return (
    <span className="inline-flex max-w-full flex-col gap-1">
      <Button
        aria-disabled={refusal !== null || undefined}
        aria-describedby={refusal === null ? undefined : id}
        onClick={refusal === null ? onAsk : undefined}
        className="h-auto min-h-8 max-w-full self-start whitespace-normal py-1 text-left"
      >
        <Icon aria-hidden="true" />
        {action.label}
      </Button>
      {refusal === null ? null : (
        <span id={id} className="text-faint text-xs">
          {refusal}
        </span>
      )}
    </span>
  );
}
