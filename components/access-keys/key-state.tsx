import { Ban, Check, Clock } from "lucide-react";
import { Pill } from "#components/ui/pill.tsx";
import { useNow } from "#components/ui/use-now.ts";
import type { AccessKey } from "#lib/contract/index.ts";

/** Whether a key opens anything now. */
export function KeyState({ accessKey: { revokedAt, expiresAt } }: { accessKey: AccessKey }) {
  const nowMs = useNow();
  if (revokedAt !== null)
    return (
      <Pill tone="neutral" icon={Ban}>
        revoked
      </Pill>
    );
  const isExpired = expiresAt !== null && Date.parse(expiresAt) <= nowMs;
  return (
    <Pill tone={isExpired ? "warn" : "ok"} icon={isExpired ? Clock : Check}>
      {isExpired ? "expired" : "active"}
    </Pill>
  );
}
