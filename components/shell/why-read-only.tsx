import { Lock } from "lucide-react";

const ROLES_OF = {
  gateways: "admin or owner",
  agents: "admin or owner",
  budgets: "admin or owner",
  incidents: "developer, admin or owner",
} as const;

/** Stands where the buttons would be, for those who may only look. `changing` names what they may not change. */
export function WhyReadOnly({ changing }: { changing: keyof typeof ROLES_OF }) {
  return (
    <p className="flex items-center gap-1.5 text-muted text-xs">
      <Lock aria-hidden="true" className="size-3.5 text-faint" />
      Read only: changing {changing} needs the role {ROLES_OF[changing]}.
    </p>
  );
}
