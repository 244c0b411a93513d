"use client";

import { useOrganization } from "#components/shell/organization-context.tsx";
import { Button } from "#components/ui/button.tsx";
import { Tooltip } from "#components/ui/tooltip.tsx";
import { useServer } from "./server-context.tsx";
import type { useRunSmoke } from "./use-run-smoke.ts";

/** Runs the smoke test; where it cannot run it says why. */
export function RunSmokeButton({
  smoke,
  size,
}: {
  smoke: Pick<ReturnType<typeof useRunSmoke>, "mutate" | "isPending">;
  size?: "sm";
}) {
  const { can } = useOrganization();
  const server = useServer();
  const reason = !can("checks:run")
    ? "Your role cannot run checks."
    : server.status !== "active"
      ? "Only an active server can be tested. Publish or activate it first."
      : null;
  const look = { variant: "primary", ...(size ? { size } : {}) } as const;
  if (reason !== null) {
    return (
      <Tooltip content={reason} side="bottom">
        <Button {...look} aria-disabled="true">
          Run smoke
        </Button>
      </Tooltip>
    );
  }
  return (
    <Button {...look} pending={smoke.isPending} onClick={() => smoke.mutate()}>
      {smoke.isPending ? "Running smoke" : "Run smoke"}
    </Button>
  );
}
