import { request } from "undici";
import { explainNetwork } from "#lib/domain/checks/index.ts";
import { isId } from "#lib/kernel/ids.ts";
import type { GatewayEntry, ServerEntry } from "../directory/index.ts";
import { type Finding, failed, passed, warned } from "./step.ts";

interface RoutingCheck {
  server: ServerEntry | undefined;
  gateway: Pick<GatewayEntry, "name"> | undefined;
  /** Where this edge itself is reached. */
  ownUrl: string;
  publicUrl: string;
  signal: AbortSignal;
}

/** The path of the server's active MCP URL. */
export const activePath = (server: ServerEntry): string =>
  server.gateway === null ? `/mcp/${server.slug}` : `/gateway/${server.gateway.publicId}/mcp`;

/**
 * Sends one request for the server's active MCP URL to this edge, named as callers name it, and sees whether our gateway
 * answers for this server. It is a preflight: it reaches no runtime and counts as no call.
 */
export async function checkRouting(check: RoutingCheck): Promise<Finding> {
  const { server } = check;
  if (!server)
    return failed(
      "This edge does not know the server.",
      "Run the check again in a few seconds; if it stays, look at this edge's /ready and its database connection.",
    );
  const path = activePath(server);
  let status: number;
  let requestId: unknown;
  try {
    const answer = await request(new URL(path, check.ownUrl), {
      method: "OPTIONS",
      headers: { host: new URL(check.publicUrl).host },
      signal: check.signal,
    });
    await answer.body.dump();
    status = answer.statusCode;
    requestId = answer.headers["x-request-id"];
  } catch (error) {
    const { message, fix } = explainNetwork(error);
    return failed(`This edge does not answer at its own address. ${message}`, fix);
  }
  if (typeof requestId !== "string" || !isId("req", requestId))
    return failed(
      `Something else than the gateway answered ${path} (HTTP ${status}).`,
      "Check what listens at this edge's port.",
    );
  if (status === 404)
    return failed(
      `The gateway knows no server at ${path} (request ${requestId}).`,
      "Run the check again in a few seconds; if it stays, restart this edge.",
    );
  return inactive(server) ?? reached(server, check, requestId);
}

/** What keeps a server from answering at all; null when nothing does. */
function inactive(server: ServerEntry): Finding | null {
  if (server.status === "draft")
    return failed(
      "The server is a draft: its URL answers HTTP 409.",
      server.kind === "hosted" ? "Upload a version and publish it." : "Activate it on its Hosting page.",
    );
  if (server.status === "inactive")
    return failed("The server is inactive: its URL answers HTTP 409.", "Activate it on its Hosting page.");
  if (server.kind === "hosted" && server.version === null)
    return failed("No version of the server is published.", "Publish one.");
  return null;
}

function reached(server: ServerEntry, { gateway, publicUrl }: RoutingCheck, requestId: string): Finding {
  const url = `${publicUrl}${activePath(server)}`;
  const found = `${url} reaches this server (request ${requestId})`;
  if (server.gateway !== null)
    return passed(
      `${found} through the gateway ${gateway?.name ?? server.gateway.id}; its direct URL is closed to callers.`,
    );
  if (server.directAccess === "key") return passed(`${found} for holders of a key.`);
  if (server.directAccess === "public") return passed(`${found}.`);
  return warned(
    `${found}, but its direct access is off and no gateway fronts it: nobody can call it.`,
    "Attach it to a gateway, or open its direct URL in its settings.",
  );
}
