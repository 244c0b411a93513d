import { useOrganization } from "#components/shell/organization-context.tsx";
import type { Server } from "#lib/contract/index.ts";
import { GatewayLink } from "./gateway-link.tsx";

/** Below the active MCP URL: who gets in there. */
export function AccessNote({ server }: { server: Pick<Server, "gateway" | "directAccess" | "status"> }) {
  const { slug: org } = useOrganization();
  if (server.status !== "active")
    return <p className="mt-1 text-muted text-xs">It refuses every call until the server is active.</p>;
  if (server.gateway) {
    return (
      <p className="mt-1 flex min-w-0 flex-wrap items-center gap-x-1 text-muted text-xs">
        <GatewayLink org={org} gateway={server.gateway} className="font-medium" />
        decides who gets in.
      </p>
    );
  }
  if (server.directAccess === "off")
    return <p className="mt-1 text-warn text-xs">Direct access is off: this URL refuses everybody.</p>;
  return (
    <p className="mt-1 text-muted text-xs">
      {server.directAccess === "key"
        ? "Callers need a key of this server."
        : "Public: whoever knows it may call it."}
    </p>
  );
}
