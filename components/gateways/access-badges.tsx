import { Badge } from "#components/ui/badge.tsx";
import type { AccessMethod } from "#lib/contract/index.ts";
import { ACCESS_METHOD_LOOK } from "./access-methods.ts";

/** The ways into a gateway: icon and word each. */
export function AccessBadges({ access }: { access: readonly AccessMethod[] }) {
  return (
    <span className="inline-flex flex-wrap gap-1">
      {access.map((method) => {
        const { label, icon: Icon, meaning } = ACCESS_METHOD_LOOK[method];
        return (
          <span key={method} title={meaning} className="inline-flex">
            <Badge>
              <Icon aria-hidden="true" className="size-3" />
              {label}
            </Badge>
          </span>
        );
      })}
    </span>
  );
}
