"use client";

import { Crosshair } from "lucide-react";
import { useState } from "react";
import { momentOf } from "#components/calls/around.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Input } from "#components/ui/input.tsx";

/** The address names neither a request nor a session nor a window: a moment can be given here. */
export function NoSubject({ onChoose }: { onChoose: (window: { from: string; to: string }) => void }) {
  const [text, setText] = useState("");
  const ms = Date.parse(text);
  return (
    <Card>
      <EmptyState
        icon={Crosshair}
        title="Which moment?"
        action={
          <form
            className="flex flex-wrap justify-center gap-2"
            onSubmit={(event) => {
              event.preventDefault();
              if (Number.isFinite(ms)) onChoose(momentOf(ms));
            }}
          >
            <Input
              type="datetime-local"
              step={1}
              aria-label="Moment"
              className="w-auto text-xs"
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
            <Button type="submit" variant="primary" disabled={!Number.isFinite(ms)}>
              Look around
            </Button>
          </form>
        }
      >
        Gateway, console and upstream calls are shown side by side around a moment, a request or a session.
        Open it from a request, from a console line, or give a time here.
      </EmptyState>
    </Card>
  );
}
