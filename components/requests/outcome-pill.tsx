import { Pill } from "#components/ui/pill.tsx";
import { lookOfOutcome } from "./outcomes.ts";

/** How a request ended: icon, colour and word. */
export function OutcomePill({ outcome }: { outcome: string }) {
  const { label, tone, icon } = lookOfOutcome(outcome);
  return (
    <Pill tone={tone} icon={icon}>
      {label}
    </Pill>
  );
}
