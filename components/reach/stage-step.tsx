import { Check, CircleDashed, Minus, X } from "lucide-react";
import Link from "next/link";
import { lookOfReason } from "#components/requests/decision-reasons.ts";
import { lookOfOutcome } from "#components/requests/outcomes.ts";
import { cn } from "#components/ui/class-names.ts";
import { formatCount } from "#components/ui/numbers.ts";
import { Time } from "#components/ui/time.tsx";
import type { ClientReach } from "#lib/contract/reach.ts";
import { STAGE_LABELS, STATE_WORDS, type StageState } from "./reach-words.ts";

type Step = ClientReach["stages"][number];

const LOOK: Readonly<Record<StageState, { icon: typeof Check; box: string; sign: string }>> = {
  passed: { icon: Check, box: "border-ok/40 bg-ok/5", sign: "text-ok" },
  failed: { icon: X, box: "border-fail/50 bg-fail/7", sign: "text-fail" },
  not_seen: { icon: CircleDashed, box: "border-line border-dashed", sign: "text-faint" },
  not_needed: { icon: Minus, box: "border-transparent", sign: "text-faint" },
};

interface StageStepProps {
  step: Step;
  /** The furthest that was seen of the client. */
  isLast: boolean;
  href: string | null;
}

/** One stage of a client's way: passed, failed with its reason, or not seen, which is said and never guessed. */
export function StageStep({ step, isLast, href }: StageStepProps) {
  const { icon: Icon, box, sign } = LOOK[step.state];
  const words =
    step.state === "failed" && step.reason !== null ? reasonWords(step.reason) : STATE_WORDS[step.state];
  return (
    <li
      className={cn(
        "relative grid min-w-0 grid-cols-[1rem_minmax(0,1fr)] content-start gap-x-1.5 rounded-md border px-2 py-1.5",
        box,
        isLast && "ring-2 ring-accent/45",
      )}
    >
      <Icon aria-hidden="true" strokeWidth={2.5} className={cn("mt-0.5 size-3.5", sign)} />
      <span className="flex min-w-0 flex-wrap items-baseline gap-x-2 sm:block">
        <span className="block truncate font-medium text-xs">
          {STAGE_LABELS[step.stage]}
          {isLast ? <span className="sr-only"> (last seen)</span> : null}
        </span>
        <span
          className={cn("block break-words text-xs", step.state === "failed" ? "text-fail" : "text-muted")}
        >
          {href === null || step.state !== "failed" ? (
            words
          ) : (
            <Link
              data-row="error"
              prefetch={false}
              href={href}
              className="rounded-sm underline underline-offset-2 after:absolute after:inset-0"
            >
              {words}
            </Link>
          )}
          {step.count > 0 ? <span className="text-muted"> × {formatCount(step.count)}</span> : null}
        </span>
        {step.at === null ? null : (
          <Time value={step.at} className="relative block w-fit text-faint text-xs" />
        )}
      </span>
    </li>
  );
}

/** A decision of the door, or how the request ended. */
function reasonWords(reason: string): string {
  const decision = lookOfReason(reason);
  return decision.meaning === "" ? lookOfOutcome(reason).label : decision.label;
}
