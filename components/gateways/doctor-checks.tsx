import { Wrench } from "lucide-react";
import { cn } from "#components/ui/class-names.ts";
import { formatDuration } from "#components/ui/numbers.ts";
import { Pill } from "#components/ui/pill.tsx";
import type { DoctorCheck } from "#lib/contract/index.ts";
import { DOCTOR_LOOK } from "./doctor-statuses.ts";

/** The findings of the doctor: what was looked at, what was found, and what to do. */
export function DoctorChecks({ checks }: { checks: readonly DoctorCheck[] }) {
  return (
    <ul className="divide-y">
      {checks.map((check) => (
        <DoctorRow key={check.id} check={check} />
      ))}
    </ul>
  );
}

function DoctorRow({ check }: { check: DoctorCheck }) {
  const { tone, icon } = DOCTOR_LOOK[check.status];
  return (
    <li className={cn("grid grid-cols-[4.5rem_minmax(0,1fr)_auto] gap-x-3 gap-y-1 px-4 py-2.5")}>
      <span>
        <Pill tone={tone} icon={icon}>
          {check.status}
        </Pill>
      </span>
      <span className="min-w-0">
        <span className={cn("block font-medium", check.status === "skip" && "text-muted")}>
          {check.title}
        </span>
        {check.detail ? <span className="block break-words text-muted">{check.detail}</span> : null}
        {check.fix ? (
          <span className="mt-1 flex items-start gap-1.5">
            <Wrench aria-hidden="true" className="mt-0.5 size-3.5 shrink-0 text-info" />
            <span className="min-w-0 break-words">
              <span className="sr-only">How to fix it: </span>
              {check.fix}
            </span>
          </span>
        ) : null}
      </span>
      <span className="text-faint text-xs leading-5 tabular-nums">
        {check.status === "skip" ? "" : formatDuration(check.durationMs)}
      </span>
    </li>
  );
}
