import type { LogStreamStatus, RuntimeStatus, SmokeReport } from "#lib/contract/index.ts";

/** A bundle as the runtime takes it. */
export interface BundleModules {
  mainModule: string;
  /** Module name → source. */
  modules: Readonly<Record<string, string>>;
}

/** What a trial start of a bundle showed. */
export type VerifyOutcome =
  | { ok: true; startMs: number; smoke: SmokeReport }
  /** `message` is the runtime's own, e.g. `Uncaught SyntaxError: … at main.js:1:25`. */
  | { ok: false; step: "start" | "tools/list"; message: string };

/**
 * What the control plane asks of the data plane. The data plane runs in another process, so every call may fail
 * with `unavailable`, and says so within its own time limit.
 */
export interface RuntimeDoor {
  /** Starts the bundle apart from all traffic, lists its tools, and stops it. Changes nothing. */
  verify(input: {
    organizationId: string;
    serverId: string;
    versionId: string;
    semver: string;
    bundle: BundleModules;
    environment: Readonly<Record<string, string>>;
  }): Promise<VerifyOutcome>;
  /** Waits until the data plane serves the stored configuration of the server as of this call, its version included. */
  refresh(serverId: string): Promise<void>;
  status(serverId: string): Promise<RuntimeStatus[]>;
  logStream(
    serverId: string,
  ): Promise<Pick<LogStreamStatus, "viewers" | "viewersMax" | "holders" | "epoch" | "head">>;
}

/** The world outside the domain, as far as verbs need it. */
export interface Doors {
  readonly runtime: RuntimeDoor;
  /** The direct public URL of a server, e.g. `https://mcp.example.com/mcp/support-api`. */
  mcpUrl(slug: string): string;
  /** The public URL of a server behind a gateway, e.g. `https://mcp.example.com/gateway/k3v…/mcp`. */
  gatewayUrl(publicId: string): string;
  /** How to reach the same server from this process, with the headers that mark our own traffic. */
  internalMcp(slug: string, source: "smoke" | "dashboard"): { url: string; headers: Record<string, string> };
  /** Encrypts a secret for storage; `context` binds it to its place. */
  seal(plaintext: string, context: string): Uint8Array;
  unseal(ciphertext: Uint8Array, context: string): string;
}
