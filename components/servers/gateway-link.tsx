import { Shield } from "lucide-react";
import Link from "next/link";
import { cn } from "#components/ui/class-names.ts";
import type { Server } from "#lib/contract/index.ts";

/** The gateway that decides who gets to a server. */
export function GatewayLink({
  org,
  gateway,
  className,
}: {
  org: string;
  gateway: NonNullable<Server["gateway"]>;
  className?: string;
}) {
  return (
    <Link
      href={`/${org}/gateways/${gateway.id}`}
      title={`Behind the gateway ${gateway.name}`}
      className={cn(
        "inline-flex min-w-0 max-w-full items-center gap-1 rounded-sm text-gateway hover:underline",
        className,
      )}
    >
      <Shield aria-hidden="true" className="size-3.5 shrink-0" />
      <span className="sr-only">Behind the gateway </span>
      <span className="truncate">{gateway.name}</span>
    </Link>
  );
}
