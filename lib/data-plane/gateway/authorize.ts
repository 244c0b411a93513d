import type { Source } from "#lib/contract/index.ts";
import type { ServerEntry } from "../directory/index.ts";
import { type Denial, denial } from "./access/index.ts";
import { gatewayUrlOf } from "./identify.ts";

/** Whether the server itself takes calls now; null when it does. Our own checks pass where callers may not. */
export function refusalOfServer(server: ServerEntry, source: Source): Denial | null {
  // A connected server is activated only after a smoke test, so that test must reach it before.
  if (server.kind === "connected" && source === "smoke") return null;
  if (server.status === "draft") {
    return inactive(
      server,
      `The server ${server.slug} is a draft: nothing is published yet. Its owner must publish a version.`,
    );
  }
  if (server.status === "inactive" || (server.kind === "hosted" && server.version === null)) {
    return inactive(
      server,
      `The server ${server.slug} is not active. Its owner can activate it on its Hosting page.`,
    );
  }
  return null;
}

/** Whether the direct URL of a server, or of one of its versions, is open to callers; null when it is. */
export function refusalOfDirectUrl(server: ServerEntry, source: Source, publicUrl: string): Denial | null {
  if (source !== "external") return null;
  if (server.gateway) {
    const url = gatewayUrlOf(publicUrl, server.gateway.publicId);
    return denial("direct_access_off", {
      code: "forbidden",
      message: `This server is reached through its gateway: ${url}`,
      presented: { url: `${publicUrl}/mcp/${server.slug}` },
      expected: { url },
      fix: "Use the URL of the gateway, or take the server out of it.",
    });
  }
  if (server.directAccess === "off") {
    return denial("direct_access_off", {
      code: "forbidden",
      message: `Direct access to the server ${server.slug} is turned off. Ask its owner for another way in.`,
      presented: { url: `${publicUrl}/mcp/${server.slug}` },
      expected: { directAccess: ["public", "key"] },
      fix: "Turn on direct access in the settings of the server, or put it behind a gateway.",
    });
  }
  return null;
}

const inactive = ({ status }: ServerEntry, message: string): Denial =>
  denial("server_inactive", {
    code: "server_inactive",
    outcome: "protocol_error",
    message,
    presented: {},
    expected: { status: "active" },
    fix: "Publish or activate the server on its Hosting page.",
    details: { status },
  });
