import type {
  AccessMethod,
  DirectAccess,
  GrantSubject,
  KeyUse,
  PauseReason,
  PlanCaps,
  ServerKind,
  ServerStatus,
} from "#lib/contract/index.ts";

/** What the data plane knows of one server: everything a request needs, so that it never asks the database. */
export interface ServerEntry {
  id: string;
  organizationId: string;
  /** In addresses of pages. */
  organizationSlug: string;
  slug: string;
  name: string;
  kind: ServerKind;
  status: ServerStatus;
  directAccess: DirectAccess;
  retentionDays: number;
  /** Whether what is said is kept, redacted and capped. */
  recordBodies: boolean;
  /** Connected servers only. */
  upstreamUrl: string | null;
  /** Connected servers only: headers that its upstream wants, lower-case, decrypted. Never logged. */
  upstreamHeaders: Readonly<Record<string, string>>;
  /** The gateway that fronts it; its direct URL is then closed to callers. */
  gateway: { id: string; publicId: string } | null;
  /** Hosted servers only: the version that serves. */
  version: { id: string; semver: string; sha256: string } | null;
  /** Changes whenever code or environment variables change: a runtime with another revision is stale. */
  revision: string;
  /** Hosted servers only: decrypted environment variables. Never logged, never written to disk. */
  environment: Readonly<Record<string, string>>;
  /** Caps of the plan. */
  caps: Pick<PlanCaps, "toolCallDurationMsMax" | "requestBytesMax" | "responseBytesMax" | "viewersMax">;
  /** What its calls cost, in micros. */
  plan: {
    /** `plan@n`. */
    readonly priceVersion: string;
    readonly prices: {
      readonly perCallMicros: bigint;
      readonly per100MsMicros: bigint;
      readonly per64KibMicros: bigint;
    };
    /** False where a call costs nothing. */
    readonly isPriced: boolean;
  };
}

/** A key that a caller may present. A revoked one is remembered for a while, so that its holder is told. */
export interface KeyEntry {
  id: string;
  organizationId: string;
  name: string;
  /** Exactly one of the three is set. */
  gatewayId: string | null;
  serverId: string | null;
  agentId: string | null;
  /** What the traffic of its callers is called, unless an agent makes it. */
  use: KeyUse;
  /** Epoch milliseconds. */
  expiresAtMs: number | null;
  revokedAtMs: number | null;
}

/** A caller identity of an organization, and what it may spend. */
export interface AgentEntry {
  id: string;
  organizationId: string;
  name: string;
  isPaused: boolean;
  /** Null while it runs. */
  pauseReason: PauseReason | null;
  /** Servers that it may call. */
  serverIds: ReadonlySet<string>;
  budget: AgentBudgetEntry;
}

/** Caps of a calendar month in UTC, in micros; null: no cap. */
export interface AgentBudgetEntry {
  monthlyCapMicros: bigint | null;
  defaultUserCapMicros: bigint | null;
  /** Shared by all users that are not told apart. */
  anonymousUserCapMicros: bigint | null;
  sessionCapMicros: bigint | null;
  /** By end user. */
  userCaps: ReadonlyMap<string, bigint>;
  onUnavailable: "deny" | "grace";
  /** Null: loops are not watched. */
  loopCallsPerMinuteMax: number | null;
}

/** Who may call what, as `Grant` on the wire. */
export interface GrantEntry {
  id: string;
  subject: GrantSubject;
  /** Null: every server behind the gateway. */
  serverId: string | null;
  tools: readonly string[];
  callsPerMinuteMax: number | null;
  concurrentMax: number | null;
}

/** What the data plane knows of one gateway. */
export interface GatewayEntry {
  id: string;
  organizationId: string;
  name: string;
  access: readonly AccessMethod[];
  /** Null unless `access` holds `oauth`. */
  oauth: {
    /** The authorization server, as its tokens' `iss` names it. */
    issuer: string;
    /** Null: its metadata says where the keys are. */
    jwksUrl: string | null;
    /** The audience that tokens must name; null: the public URL that was called. */
    audience: string | null;
    scopes: readonly string[];
  } | null;
  callsPerMinuteMax: number | null;
  concurrentMax: number | null;
  grants: readonly GrantEntry[];
}

/** A published version of a hosted server. */
export interface VersionRef {
  id: string;
  semver: string;
  sha256: string;
}

/** Everything that the directory reads at once. */
export interface DirectorySnapshot {
  servers: readonly ServerEntry[];
  gateways: readonly GatewayEntry[];
  agents: readonly AgentEntry[];
  /** By the SHA-256 of the secret, hexadecimal. */
  keys: ReadonlyMap<string, KeyEntry>;
}

/** The data plane's view of the configuration. Lookups are synchronous and never fail. */
export interface ServerDirectory {
  bySlug(slug: string): ServerEntry | undefined;
  byId(id: string): ServerEntry | undefined;
  all(): Iterable<ServerEntry>;
  /** The server and the gateway behind `/gateway/{publicId}/mcp`. */
  byPublicId(publicId: string): { server: ServerEntry; gateway: GatewayEntry } | undefined;
  gatewayById(id: string): GatewayEntry | undefined;
  agentById(id: string): AgentEntry | undefined;
  /** `hash`: SHA-256 of the presented secret, hexadecimal. */
  keyByHash(hash: string): KeyEntry | undefined;
  /**
   * A published version of a server, by its semver or id; null when there is none. Answers at once when it is known;
   * rejects with `unavailable` when it is not and the database is away.
   */
  publishedVersion(
    server: ServerEntry,
    named: { semver: string } | { id: string },
  ): VersionRef | null | Promise<VersionRef | null>;
  /** Calls back with entries that appeared, changed or vanished (`after` undefined). Answers how to stop. */
  onChange(listener: (change: { before?: ServerEntry; after?: ServerEntry }) => void): () => void;
  /** The same for agents. */
  onAgentChange(listener: (change: { before?: AgentEntry; after?: AgentEntry }) => void): () => void;
  /** Epoch milliseconds of the last good read from the database. */
  readonly asOfMs: number;
}
