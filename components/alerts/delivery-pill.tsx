import { CircleAlert, CircleCheck, CircleMinus, Hourglass } from "lucide-react";
import { Pill } from "#components/ui/pill.tsx";
import type { AlertDelivery } from "#lib/contract/index.ts";

const LOOK = {
  delivered: { tone: "ok", icon: CircleCheck },
  waiting: { tone: "warn", icon: Hourglass },
  failed: { tone: "fail", icon: CircleAlert },
  withheld: { tone: "neutral", icon: CircleMinus },
} as const;

/** Whether an alert arrived. */
export function DeliveryPill({ status }: { status: AlertDelivery["status"] }) {
  const { tone, icon } = LOOK[status];
  return (
    <Pill tone={tone} icon={icon}>
      {status}
    </Pill>
  );
}
