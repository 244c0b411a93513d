import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import { Pill } from "#components/ui/pill.tsx";
import type { Alert } from "#lib/contract/index.ts";

const LOOK = {
  info: { tone: "neutral", icon: Info },
  warning: { tone: "warn", icon: TriangleAlert },
  critical: { tone: "fail", icon: CircleAlert },
} as const;

export function SeverityPill({ severity }: { severity: Alert["severity"] }) {
  const { tone, icon } = LOOK[severity];
  return (
    <Pill tone={tone} icon={icon}>
      {severity}
    </Pill>
  );
}
