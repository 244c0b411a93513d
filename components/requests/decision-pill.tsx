import { Pill } from "#components/ui/pill.tsx";
import { lookOfReason } from "./decision-reasons.ts";

/** What was decided about a request, and why: icon, colour and words. */
export function DecisionPill({ reason }: { reason: string }) {
  const { label, tone, icon, meaning } = lookOfReason(reason);
  return (
    <span title={meaning || undefined} className="inline-flex max-w-full">
      <Pill tone={tone} icon={icon}>
        {label}
      </Pill>
    </span>
  );
}
