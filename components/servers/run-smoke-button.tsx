"use client";

import { useOrganization } from "#components/shell/organization-context.tsx";
import { Button } from "#components/ui/button.tsx";
import { notify } from "#components/ui/notify.ts";
import { useServer } from "./server-context.tsx";
import type { useRunSmoke } from "./use-run-smoke.ts";

/** Runs the smoke test; where it cannot run, it says why when asked. */
export function RunSmokeButton({
  smoke,
  size,
  variant = "primary",
}: {
  smoke: Pick<ReturnType<typeof useRunSmoke>, "mutate" | "isPending">;
  size?: "sm";
  variant?: "primary" | "secondary";
}) {
  const { can } = useOrganization();
  const server = useServer();
  const reason = !can("checks:run")
    ? "Your role cannot run checks."
    : server.status !== "active"
      ? "Only an active server can be tested. Publish or activate it first."
      : null;
  return (
    <Button
      variant={variant}
      {...(size ? { size } : {})}
      pending={smoke.isPending}
      aria-disabled={reason === null ? undefined : true}
      title={reason ?? undefined}
      onClick={() => {
        if (reason === null) smoke.mutate();
        else notify.info("The smoke cannot run", { description: reason });
      }}
    >
      {smoke.isPending ? "Running smoke" : "Run smoke"}
    </Button>
  );
}
