import type { DirectAccess, ServerKind, ServerStatus } from "#lib/contract/index.ts";

/** What the data plane knows of one server: everything a request needs, so that it never asks the database. */
export interface ServerEntry {
  id: string;
  organizationId: string;
  slug: string;
  name: string;
  kind: ServerKind;
  status: ServerStatus;
  directAccess: DirectAccess;
  retentionDays: number;
  /** Connected servers only. */
  upstreamUrl: string | null;
  /** Hosted servers only: the version that serves. */
  version: { id: string; semver: string; sha256: string } | null;
  /** Changes whenever code or environment variables change: a runtime with another revision is stale. */
  revision: string;
  /** Hosted servers only: decrypted environment variables. Never logged, never written to disk. */
  environment: Readonly<Record<string, string>>;
  /** Caps of the plan. */
  caps: { toolCallDurationMsMax: number; requestBytesMax: number; responseBytesMax: number };
}

/** The data plane's view of the configuration. Lookups are synchronous and never fail. */
export interface ServerDirectory {
  bySlug(slug: string): ServerEntry | undefined;
  byId(id: string): ServerEntry | undefined;
  all(): Iterable<ServerEntry>;
  /** Calls back with entries that appeared, changed or vanished (`after` undefined). Answers how to stop. */
  onChange(listener: (change: { before?: ServerEntry; after?: ServerEntry }) => void): () => void;
  /** Epoch milliseconds of the last good read from the database. */
  readonly asOfMs: number;
}
