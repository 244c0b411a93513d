import type { Config } from "#lib/config/index.ts";

/** The processes of one installation. Each `server/<role>.ts` exports `start<Role>(config, host)`. */
export const ROLES = ["edge", "web", "jobs", "sample"] as const;
export type RoleName = (typeof ROLES)[number];

/** A role that serves. `close` drains what is in flight and releases everything; the caller bounds its time. */
export interface RunningRole {
  close(): Promise<void>;
}

/** How a part of the installation is doing, for `/ready`. */
export type PartState = "ready" | "starting" | "down";

/** What a role may ask of the process that runs it. */
export interface RoleHost {
  /** False in a cluster, where each role knows only itself. */
  readonly isSupervised: boolean;
  /** The other parts as the supervisor sees them (`database`, `web`, `jobs`, …). Empty without a supervisor. */
  parts(): Readonly<Record<string, PartState>>;
  /** Resolves when the supervisor says that `part` is ready; at once without a supervisor, and when this role ends. */
  whenReady(part: string): Promise<void>;
  /** Tells the supervisor something that it prints or passes on; nothing without a supervisor. */
  announce(details: unknown): void;
}

export type StartRole = (config: Config, host: RoleHost) => Promise<RunningRole>;

/**
 * Arguments of the Node that runs a role. The edge makes much garbage that dies at once: room for it, so that it is
 * collected less often.
 */
export const NODE_ARGUMENTS: Readonly<Partial<Record<RoleName, readonly string[]>>> = {
  edge: ["--max-semi-space-size=32"],
};
