import type {
  CheckPolicy,
  Era,
  HostingHealth,
  LogStreamStatus,
  RegionCheck,
  RuntimeStatus,
  SmokeReport,
  ToolCallResult,
} from "#lib/contract/index.ts";
import type { PaymentProvider } from "../payments/index.ts";

/** A bundle as the runtime takes it. */
export interface BundleModules {
  mainModule: string;
  /** Module name → source. */
  modules: Readonly<Record<string, string>>;
}

/** What a trial is made of. */
export interface TrialInput {
  organizationId: string;
  serverId: string;
  versionId: string;
  semver: string;
  bundle: BundleModules;
  environment: Readonly<Record<string, string>>;
}

/** What one question to a trial brought. `report` tells itself whether it passed. */
export interface TrialAnswer<Report> {
  report: Report;
  /** Why the runtime ended meanwhile, e.g. that it used too much memory; null while it lives. */
  exit: string | null;
}

/** A version that runs apart from all traffic on one edge, until it is stopped or its time is over. */
export interface Trial {
  readonly region: string;
  readonly node: string;
  readonly startMs: number;
  listTools(era: Era): Promise<TrialAnswer<SmokeReport>>;
  callTool(call: {
    tool: string;
    arguments: Readonly<Record<string, unknown>>;
  }): Promise<TrialAnswer<ToolCallResult>>;
  /**
   * Answers the last errors that the version wrote, secrets taken out. Never rejects: a trial that cannot be stopped
   * from here ends by time.
   */
  stop(): Promise<readonly string[]>;
}

export type TrialStart =
  | { ok: true; trial: Trial }
  /** `message` is the runtime's own, e.g. `Uncaught SyntaxError: … at main.js:1:25`. */
  | { ok: false; region: string; node: string; message: string };

/** How the calls of an old version ended. */
export interface DrainOutcome {
  /** Calls that were still running when the time was over. */
  inFlight: number;
  /** Legacy sessions that stay on the version. */
  sessions: number;
  waitedMs: number;
}

/** How one runtime of a server ended. */
export type RuntimeCrash = HostingHealth["crashes"][number];

/** A call that came before a runtime was ready for it, and how long it waited. */
export interface StartWait {
  at: string;
  node: string;
  region: string;
  waitedMs: number;
}

/**
 * What the control plane asks of the data plane, which is one edge or many, in other processes: every call may fail
 * with `unavailable`, and says so within its own time limit. An edge that is silent does not fail the others.
 */
export interface RuntimeDoor {
  /** Starts the bundle apart from all traffic on one edge of every region. Changes nothing. The caller stops them. */
  startTrials(input: TrialInput): Promise<TrialStart[]>;
  /** Waits until every edge serves the stored configuration of the server as of this call, its version included. */
  refresh(serverId: string): Promise<void>;
  /** Waits, at most `timeoutMs`, for the calls of a version that no longer serves. */
  drain(serverId: string, versionId: string, timeoutMs: number): Promise<DrainOutcome>;
  /** Starts fresh processes and lets them take over; resolves when they serve. Throws, and changes nothing, when one does not start. */
  restart(serverId: string): Promise<void>;
  /** One row per edge; `unknown` for an edge that does not answer. */
  status(serverId: string): Promise<RuntimeStatus[]>;
  /**
   * Checks the server on every edge that lives or whose region fell silent, as `POST …/hosting-checks` promises. An edge
   * that does not answer is a failed check. Rejects with `limit_reached` when an edge runs too many checks already.
   */
  hostingCheck(
    serverId: string,
    demands: Pick<CheckPolicy, "expectedTools" | "requireBothEras">,
  ): Promise<RegionCheck[]>;
  /** The newest ends of the server's runtimes, newest first. */
  crashes(serverId: string): Promise<RuntimeCrash[]>;
  /** The newest calls of the server that waited for a runtime to start, newest first, as far as edges that live remember. */
  startWaits(serverId: string): Promise<StartWait[]>;
  logStream(
    serverId: string,
  ): Promise<Pick<LogStreamStatus, "viewers" | "viewersMax" | "holders" | "epoch" | "head">>;
}

/** A plain e-mail to one address. */
export interface Mail {
  to: string;
  subject: string;
  text: string;
}

/** The world outside the domain, as far as verbs need it. */
export interface Doors {
  readonly runtime: RuntimeDoor;
  /** Who sells credits; null: nobody, owners grant them by hand. */
  readonly payments: PaymentProvider | null;
  /** The public URL of a page of the dashboard, from its path, e.g. `/acme/settings/billing`. */
  dashboardUrl(path: string): string;
  /** The longest history that this installation lets a server keep, in days. */
  readonly logRetentionDaysMax: number;
  /** The direct public URL of a server, e.g. `https://mcp.example.com/mcp/support-api`. */
  mcpUrl(slug: string): string;
  /** The public URL of a server behind a gateway, e.g. `https://mcp.example.com/gateway/k3v…/mcp`. */
  gatewayUrl(publicId: string): string;
  /** How to reach the same server from this process, with the headers that mark our own traffic. */
  internalMcp(slug: string, source: "smoke" | "dashboard"): { url: string; headers: Record<string, string> };
  /** The same as an agent would: at the door that it uses, and held to all that holds for it. */
  agentMcp(
    server: { slug: string /** Of the gateway before it; null without one. */; publicId: string | null },
    source: "smoke" | "dashboard",
    agentId: string,
  ): { url: string; headers: Record<string, string> };
  /**
   * `fetch` to a URL that a user gave: connects only where tenants' traffic may go, or to our own public origin, and
   * follows no redirect (`redirect: "manual"`). Rejects with the network's error, or `AddressRefusedError` by name.
   */
  publicFetch(url: string | URL, init?: RequestInit): Promise<Response>;
  /** Sends an e-mail; rejects with what the mail server said. Null where none is configured. */
  readonly mail: ((mail: Mail) => Promise<void>) | null;
  /** Encrypts a secret for storage; `context` binds it to its place. */
  seal(plaintext: string, context: string): Uint8Array;
  unseal(ciphertext: Uint8Array, context: string): string;
}
