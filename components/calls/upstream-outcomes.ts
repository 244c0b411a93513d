import { Ban, Check, Clock, type LucideIcon, Scaling, ShieldX, TriangleAlert, Unplug, X } from "lucide-react";
import type { Tone } from "#components/ui/pill.tsx";
import type { UpstreamCall } from "#lib/contract/index.ts";

interface UpstreamLook {
  readonly label: string;
  readonly tone: Tone;
  readonly icon: LucideIcon;
}

const NO_ANSWER: Readonly<Record<Exclude<UpstreamCall["outcome"], "ok">, UpstreamLook>> = {
  refused: { label: "not allowed out", tone: "fail", icon: ShieldX },
  failed: { label: "no answer", tone: "fail", icon: Unplug },
  timeout: { label: "timeout", tone: "fail", icon: Clock },
  too_large: { label: "too large", tone: "fail", icon: Scaling },
  canceled: { label: "canceled", tone: "neutral", icon: Ban },
};

/** How an outbound call ended: the status of the answer, or why there was none. */
export function lookOfUpstream({
  outcome,
  httpStatus,
}: Pick<UpstreamCall, "outcome" | "httpStatus">): UpstreamLook {
  if (outcome !== "ok") return NO_ANSWER[outcome] ?? { label: outcome, tone: "unknown", icon: TriangleAlert };
  if (httpStatus === null) return { label: "answered", tone: "ok", icon: Check };
  const label = String(httpStatus);
  if (httpStatus >= 500) return { label, tone: "fail", icon: X };
  if (httpStatus >= 400) return { label, tone: "warn", icon: TriangleAlert };
  return { label, tone: "ok", icon: Check };
}
