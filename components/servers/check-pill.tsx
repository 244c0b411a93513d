import { Check, CircleHelp, TriangleAlert, X } from "lucide-react";
import { Pill } from "#components/ui/pill.tsx";

/** How a check ended; never run is unknown, and unknown is never green. */
export function CheckPill({ status }: { status: "passed" | "warned" | "failed" | null }) {
  if (status === null) {
    return (
      <Pill tone="unknown" icon={CircleHelp}>
        never run
      </Pill>
    );
  }
  if (status === "warned") {
    return (
      <Pill tone="warn" icon={TriangleAlert}>
        passed with warnings
      </Pill>
    );
  }
  return status === "passed" ? (
    <Pill tone="ok" icon={Check}>
      passed
    </Pill>
  ) : (
    <Pill tone="fail" icon={X}>
      failed
    </Pill>
  );
}
