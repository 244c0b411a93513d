import { ChevronRight, X } from "lucide-react";
import { Fragment } from "react";
import { type CallSource, SOURCE_LOOK } from "#components/calls/source-look.ts";
import { cn } from "#components/ui/class-names.ts";
import type { BrokenHop } from "#lib/contract/index.ts";

const HOPS = ["client", "gateway", "runtime", "upstream"] as const satisfies readonly CallSource[];

/** Hops that no call passes: what is written down about it. */
const RECORDS: Readonly<Partial<Record<BrokenHop, { letter: string; label: string }>>> = {
  ledger: { letter: "L", label: "Ledger" },
  logs: { letter: "T", label: "Log pipeline" },
};

/** The way of a call with the hop that broke: marked by a cross, a word and red. Says nothing about the others. */
export function HopChain({ broken }: { broken: BrokenHop }) {
  if (broken === "none") return null;
  const record = RECORDS[broken];
  return (
    <ol aria-label="The way of a call" className="flex flex-wrap items-center gap-x-1 gap-y-1.5 text-xs">
      {HOPS.map((hop, index) => (
        <Fragment key={hop}>
          {index > 0 ? <Arrow /> : null}
          <Hop {...SOURCE_LOOK[hop]} isBroken={hop === broken} />
        </Fragment>
      ))}
      {record ? (
        <>
          <li aria-hidden="true" className="w-4 border-faint/60 border-t border-dashed" />
          <Hop {...record} chip="bg-raised text-ledger" isBroken />
        </>
      ) : null}
    </ol>
  );
}

const Arrow = () => (
  <li aria-hidden="true" className="text-faint">
    <ChevronRight className="size-3.5" />
  </li>
);

interface HopProps {
  letter: string;
  label: string;
  chip: string;
  isBroken: boolean;
}

const Hop = ({ letter, label, chip, isBroken }: HopProps) => (
  <li
    className={cn(
      "inline-flex h-7 items-center gap-1.5 rounded-md border pr-2 pl-1",
      isBroken ? "border-fail/60 bg-fail/8 font-medium text-fail" : "bg-surface text-muted",
    )}
  >
    <span
      aria-hidden="true"
      className={cn("grid size-4.5 place-items-center rounded-sm font-semibold text-2xs", chip)}
    >
      {letter}
    </span>
    {label}
    {isBroken ? (
      <>
        <X aria-hidden="true" className="size-3.5" strokeWidth={2.75} />
        <span>broke here</span>
      </>
    ) : null}
  </li>
);
