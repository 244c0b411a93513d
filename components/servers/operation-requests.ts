import {
  activateServer,
  deactivateServer,
  publishVersion,
  restartServer,
  rollbackServer,
} from "#lib/client/queries/deployments.ts";
import type { Operation, Server } from "#lib/contract/index.ts";

export type OperationRequest =
  | { kind: "publish" | "rollback"; version: string }
  | { kind: "restart" | "activate" | "deactivate" };

interface Words {
  label: string;
  pendingLabel: string;
  /** What is asked before; null where nothing can be lost. */
  confirm: { title: string; text: string; label: string; phrase?: string; danger: boolean } | null;
  act: () => Promise<Operation>;
  done: (operation: Operation) => string;
}

/** How an operation is asked for, in words, and the call that does it. */
export function operationRequests(
  org: string,
  server: Pick<Server, "name" | "slug" | "kind" | "activeVersion" | "status">,
  request: OperationRequest,
): Words {
  const { name, slug } = server;
  const serving = server.status === "active" ? server.activeVersion?.semver : undefined;
  switch (request.kind) {
    case "publish":
      return {
        label: "Publish",
        pendingLabel: "Publishing",
        confirm: {
          title: `Publish ${request.version} of ${name}?`,
          text: `It starts apart from all traffic and must pass the release gate; then new calls go to it. ${
            serving
              ? `If it fails, ${serving} keeps serving; calls in flight finish on ${serving}.`
              : "If it fails, nothing changes."
          }`,
          label: `Publish ${request.version}`,
          danger: false,
        },
        act: () => publishVersion(org, slug, request.version),
        done: () => `${name} ${request.version} is serving`,
      };
    case "rollback":
      return {
        label: `Roll back to ${request.version}`,
        pendingLabel: "Rolling back",
        confirm: {
          title: `Roll back ${name} to ${request.version}?`,
          text: `${request.version} starts and passes the release gate first; then new calls go to it.${
            serving ? ` Calls in flight finish on ${serving}, which stays stored.` : ""
          }`,
          label: `Roll back to ${request.version}`,
          danger: false,
        },
        act: () => rollbackServer(org, slug, request.version),
        done: () => `${name} is back on ${request.version}`,
      };
    case "restart":
      return {
        label: "Restart",
        pendingLabel: "Restarting",
        confirm: {
          title: `Restart ${name}?`,
          text: `A fresh runtime${serving ? ` of ${serving}` : ""} takes over; calls in flight finish on the old one. What the code kept in memory is gone.`,
          label: "Restart",
          danger: false,
        },
        act: () => restartServer(org, slug),
        done: () => `${name} is restarted`,
      };
    case "activate":
      return {
        label: "Activate",
        pendingLabel: "Activating",
        confirm: null,
        act: () => activateServer(org, slug),
        done: () => `${name} is active`,
      };
    case "deactivate":
      return {
        label: "Deactivate",
        pendingLabel: "Deactivating",
        confirm: {
          title: `Deactivate ${name}?`,
          text: `Its MCP URL refuses every new call and live logs end; calls in flight finish. ${
            server.kind === "hosted" ? "The version and all history stay" : "All history stays"
          }, so it can be activated again at any time.`,
          label: "Deactivate",
          phrase: slug,
          danger: true,
        },
        act: () => deactivateServer(org, slug),
        done: () => `${name} is inactive`,
      };
  }
}

/**
 * How one gets from the active version to `semver`: back to one that served before, or forward. Null when it serves
 * already, or is not known. `versions` is newest first.
 */
export function wayTo(
  versions: readonly { semver: string; active: boolean; publishedAt: string | null }[],
  semver: string,
): "publish" | "rollback" | null {
  const at = versions.findIndex((version) => version.semver === semver);
  const version = versions[at];
  if (version === undefined || version.active) return null;
  const activeAt = versions.findIndex(({ active }) => active);
  return activeAt !== -1 && at > activeAt && version.publishedAt !== null ? "rollback" : "publish";
}
