import Link from "next/link";
import { startHref } from "#components/incidents/start-href.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import type { CheckRun, HostingCheck } from "#lib/contract/index.ts";
import { useServer } from "./server-context.tsx";

/** From a check that failed to a walkthrough about it; nothing for those who may not open incidents. */
export function CheckBroke({ check }: { check: Pick<CheckRun | HostingCheck, "id" | "checkedAt"> }) {
  const { slug: org, can } = useOrganization();
  const { slug: server } = useServer();
  if (!can("incidents:write")) return null;
  return (
    <Link
      href={startHref(org, { server, checkId: check.id, at: check.checkedAt, origin: "check" })}
      prefetch={false}
      className="relative whitespace-nowrap rounded-sm text-accent text-xs hover:underline"
    >
      What broke?
    </Link>
  );
}
