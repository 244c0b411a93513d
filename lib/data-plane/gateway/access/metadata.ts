import type { GatewayEntry, ServerEntry } from "../../directory/index.ts";
import { gatewayUrlOf } from "../identify.ts";

/**
 * The RFC 9728 document of a server behind a gateway: tells clients which authorization server makes tokens for it. Null
 * without OAuth.
 */
export function resourceMetadataOf(
  publicUrl: string,
  publicId: string,
  { server, gateway }: { server: ServerEntry; gateway: GatewayEntry },
): Record<string, unknown> | null {
  const { oauth } = gateway;
  if (!oauth || !gateway.access.includes("oauth")) return null;
  return {
    resource: gatewayUrlOf(publicUrl, publicId),
    authorization_servers: [oauth.issuer],
    ...(oauth.scopes.length > 0 ? { scopes_supported: oauth.scopes } : {}),
    bearer_methods_supported: ["header"],
    resource_name: server.name,
  };
}
