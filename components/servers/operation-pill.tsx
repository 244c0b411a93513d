import { Ban, Check, CircleHelp, Clock, LoaderCircle, X } from "lucide-react";
import { Pill } from "#components/ui/pill.tsx";

const LOOK = {
  queued: { tone: "neutral", icon: Clock },
  running: { tone: "info", icon: LoaderCircle },
  succeeded: { tone: "ok", icon: Check },
  failed: { tone: "fail", icon: X },
  canceled: { tone: "neutral", icon: Ban },
} as const;

const isKnown = (state: string): state is keyof typeof LOOK => state in LOOK;

/** How far an operation is. */
export function OperationPill({ state }: { state: string }) {
  const look = isKnown(state) ? LOOK[state] : ({ tone: "unknown", icon: CircleHelp } as const);
  return (
    <Pill tone={look.tone} icon={look.icon}>
      {state}
    </Pill>
  );
}
