import { Lock } from "lucide-react";

/** Stands where the buttons would be, for those who may only look. `changing` names what they may not change. */
export function WhyReadOnly({ changing }: { changing: "gateways" | "agents" | "budgets" }) {
  return (
    <p className="flex items-center gap-1.5 text-muted text-xs">
      <Lock aria-hidden="true" className="size-3.5 text-faint" />
      Read only: changing {changing} needs the role admin or owner.
    </p>
  );
}
