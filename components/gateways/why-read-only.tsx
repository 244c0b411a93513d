import { Lock } from "lucide-react";

/** Stands where the buttons would be, for those who may only look. */
export function WhyReadOnly() {
  return (
    <p className="flex items-center gap-1.5 text-muted text-xs">
      <Lock aria-hidden="true" className="size-3.5 text-faint" />
      Read only: changing gateways needs the role admin or owner.
    </p>
  );
}
