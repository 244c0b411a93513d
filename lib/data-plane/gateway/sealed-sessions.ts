import { hash, hkdfSync } from "node:crypto";
import { createSealedBox } from "#lib/crypto/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { ServerEntry, VersionRef } from "../directory/index.ts";
import type { ClientName, Exchange } from "./exchange.ts";
import type { Target } from "./targets.ts";

/** What a session id holds besides the server it belongs to. */
export interface SessionContent {
  /** The id as the server gave it. */
  upstream: string;
  /** Who opened the session, as `Principal.id`. Kept as a hash. */
  principalId: string;
  /** Hosted servers only: the version that opened it, in whose process it lives. */
  version: VersionRef | null;
  client: ClientName | null;
}

interface OpenedSession {
  readonly upstream: string;
  readonly principal: string;
  /** Null for connected servers: their sessions can be reached from every node. */
  readonly node: string | null;
  readonly version: VersionRef | null;
  readonly client: ClientName | null;
}

/**
 * The session ids that clients hold. Each is the server's own id sealed with what it belongs to, so that no node has
 * to remember it, no other principal can use it, and it means nothing on another server. All nodes of an installation
 * derive the same key from its encryption secret.
 */
export interface SealedSessions {
  /** Throws DomainError `runtime_failed` or `upstream_failed` when the server's own id is none that can be used. */
  seal(server: ServerEntry, content: SessionContent): string;
  /**
   * The target opened a session, or named the one it has: the exchange gets its sealed id, and the process is kept.
   * Throws as `seal` does.
   */
  note(exchange: Exchange, upstream: string, target: Target): void;
  /**
   * Finds the server's own id, the client and the version of the exchange's session. Answers why the session cannot be
   * used, and notes it as the exchange's decision: clients start a new one after a 404.
   */
  open(exchange: Exchange): DomainError | null;
}

/** The step of `SealedSessions.open`, once it is known who calls. */
export const openSession = (
  { sessions }: { sessions: SealedSessions },
  exchange: Exchange,
): DomainError | null => sessions.open(exchange);

const KEY_BYTES = 32;
const KEY_PURPOSE = "mcp session ids, 1";
const NAME_CHARACTERS_MAX = 64;
const BASE64URL = /^[A-Za-z0-9_-]+$/;
const VISIBLE_ASCII = /^[\x21-\x7e]+$/;

const fingerprint = (text: string): string => hash("sha256", text, "base64url").slice(0, 22);
const contextOf = (server: ServerEntry): string => `session of ${server.id}`;
const cut = (text: string | null): string | null => text?.slice(0, NAME_CHARACTERS_MAX) ?? null;

export function createSealedSessions(options: { secret: Uint8Array; node: string }): SealedSessions {
  const key = hkdfSync("sha256", options.secret, new Uint8Array(), KEY_PURPOSE, KEY_BYTES);
  const box = createSealedBox(new Uint8Array(key));
  const node = fingerprint(options.node);
  /** By server and id; opening costs more than looking up. The oldest is forgotten first. */
  const opened = new Map<string, OpenedSession>();
  const fingerprints = new Map<string, string>();

  const fingerprintOf = (principalId: string): string => {
    const known = fingerprints.get(principalId);
    if (known !== undefined) return known;
    const made = fingerprint(principalId);
    rememberIn(fingerprints, principalId, made);
    return made;
  };

  const read = (server: ServerEntry, session: string): OpenedSession | null => {
    const memoryKey = `${server.id} ${session}`;
    const known = opened.get(memoryKey);
    if (known !== undefined) return known;
    if (session.length > limits.mcp.sessionIdCharactersMax || !BASE64URL.test(session)) return null;
    const bytes = Buffer.from(session, "base64url");
    // Two spellings of one id would be two sessions to everything that compares ids.
    if (bytes.toString("base64url") !== session) return null;
    const text = unsealed(bytes, contextOf(server));
    if (text === null) return null;
    const [upstream, principal, ofNode, version, client] = JSON.parse(text) as SealedContent;
    const found = {
      upstream,
      principal,
      node: ofNode,
      version: version && { id: version[0], semver: version[1], sha256: version[2] },
      client: client && { name: client[0], version: client[1] },
    };
    rememberIn(opened, memoryKey, found);
    return found;
  };

  const unsealed = (bytes: Buffer, context: string): string | null => {
    try {
      return box.unseal(bytes, context);
    } catch {
      // Whatever is wrong with it, it is no session of this server.
      return null;
    }
  };

  const seal: SealedSessions["seal"] = (server, { upstream, principalId, version, client }) => {
    if (upstream.length > limits.mcp.upstreamSessionIdCharactersMax || !VISIBLE_ASCII.test(upstream)) {
      throw new DomainError(
        server.kind === "hosted" ? "runtime_failed" : "upstream_failed",
        `The server gave a session id that cannot be used. It must be visible ASCII of at most ${limits.mcp.upstreamSessionIdCharactersMax} characters.`,
        { retryable: false },
      );
    }
    const content: SealedContent = [
      upstream,
      fingerprintOf(principalId),
      server.kind === "hosted" ? node : null,
      version && [version.id, version.semver, version.sha256],
      client && [cut(client.name), cut(client.version)],
    ];
    const bytes = box.seal(JSON.stringify(content), contextOf(server));
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64url");
  };

  return {
    seal,

    note(exchange, upstream, target) {
      if (upstream === exchange.upstreamSession) return;
      const { versionId: id, semver, sha256 } = target;
      exchange.session = seal(exchange.server, {
        upstream,
        principalId: exchange.principal?.id ?? "anonymous",
        version: id !== null && semver !== null && sha256 !== null ? { id, semver, sha256 } : null,
        client: exchange.client,
      });
      exchange.upstreamSession = upstream;
      target.stay?.keepSession(upstream);
    },

    open(exchange) {
      const { server, session } = exchange;
      if (session === null) return null;
      const found = read(server, session);
      const principalId = exchange.principal?.id ?? "anonymous";
      if (found === null) return refuse(exchange, "it was not opened here");
      if (found.principal !== fingerprintOf(principalId)) return refuseForeign(exchange);
      if (found.node !== null && found.node !== node) {
        return refuse(exchange, "the node that it lived on does not serve you now");
      }
      if (exchange.version !== null && found.version?.id !== exchange.version.id) {
        return refuse(exchange, "another version of the server opened it");
      }
      exchange.upstreamSession = found.upstream;
      exchange.client = found.client;
      exchange.version = found.version;
      return null;
    },
  };
}

type SealedContent = [
  upstream: string,
  principal: string,
  node: string | null,
  version: [id: string, semver: string, sha256: string] | null,
  client: [name: string | null, version: string | null] | null,
];

function rememberIn<Value>(memory: Map<string, Value>, key: string, value: Value): void {
  if (memory.size >= limits.mcp.sessionsRememberedMax) {
    const oldest = memory.keys().next();
    if (!oldest.done) memory.delete(oldest.value);
  }
  memory.set(key, value);
}

const NEW_SESSION = "Send `initialize` again to start a new session.";

function refuse(exchange: Exchange, why: string): DomainError {
  exchange.decision = {
    reason: "session_unknown",
    principal: exchange.principal?.label ?? null,
    grantId: null,
    explanation: {
      presented: { "mcp-session-id": "an id that cannot be used" },
      expected: { "mcp-session-id": "an id that this server gave to this caller, on this node" },
      fix: `The session is unknown here: ${why}. ${NEW_SESSION}`,
    },
  };
  return new DomainError("not_found", `This session is unknown: ${why}. ${NEW_SESSION}`, {
    retryable: false,
  });
}

function refuseForeign(exchange: Exchange): DomainError {
  exchange.decision = {
    reason: "session_of_other_principal",
    principal: exchange.principal?.label ?? null,
    grantId: null,
    explanation: {
      presented: { "mcp-session-id": "an id that was given to somebody else" },
      expected: { "mcp-session-id": "an id that was given to the caller with these credentials" },
      fix: `A session belongs to the credentials that opened it. ${NEW_SESSION}`,
    },
  };
  // The same words as for an unknown one: a guess must not tell that the session exists.
  return new DomainError("not_found", `This session is unknown: it was not opened here. ${NEW_SESSION}`, {
    retryable: false,
  });
}
