"use client";

import dynamic from "next/dynamic";
import { useId, useState } from "react";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Button } from "#components/ui/button.tsx";
import type { SuggestedAction } from "#lib/contract/index.ts";
import { ACTION_WORDS, refusalOf } from "./action-words.ts";
import { useIncident } from "./incident-context.tsx";

const ActionDialog = dynamic(() => import("./action-dialog.tsx").then((module) => module.ActionDialog), {
  ssr: false,
});

/** What may be done about it from here. Each asks first; who may not is told why. */
export function ActionButtons({ actions }: { actions: readonly SuggestedAction[] }) {
  const { can } = useOrganization();
  const { incident } = useIncident();
  const [asking, setAsking] = useState<SuggestedAction | null>(null);
  if (actions.length === 0 || incident.status === "merged") return null;
  return (
    <>
      <div className="flex flex-wrap gap-2">
        {actions.map((action) => (
          <ActionButton
            key={`${action.action}:${action.targetId}`}
            action={action}
            refusal={refusalOf(action.action, can)}
            onAsk={() => setAsking(action)}
          />
        ))}
      </div>
      {asking ? <ActionDialog action={asking} onClose={() => setAsking(null)} /> : null}
    </>
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
