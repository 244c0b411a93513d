import { Check, type LucideIcon, Minus, TriangleAlert, X } from "lucide-react";
import type { Tone } from "#components/ui/pill.tsx";
import type { DoctorCheck } from "#lib/contract/index.ts";

export type DoctorStatus = DoctorCheck["status"];

/** How each result of a check looks: icon, colour and word. */
export const DOCTOR_LOOK: Readonly<Record<DoctorStatus, { tone: Tone; icon: LucideIcon }>> = {
  pass: { tone: "ok", icon: Check },
  warn: { tone: "warn", icon: TriangleAlert },
  fail: { tone: "fail", icon: X },
  skip: { tone: "unknown", icon: Minus },
};

/** `2 fail, 1 warn, 8 pass`, the worst first. */
export function summaryOf(checks: readonly Pick<DoctorCheck, "status">[]): string {
  const count = (status: DoctorStatus) => checks.filter((check) => check.status === status).length;
  return (["fail", "warn", "pass", "skip"] as const)
    .map((status) => ({ status, count: count(status) }))
    .filter((part) => part.count > 0)
    .map((part) => `${part.count} ${part.status}`)
    .join(", ");
}
