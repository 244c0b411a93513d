import { createLocalJWKSet, errors, type JSONWebKeySet, type JWSHeaderParameters } from "jose";
import type { Log } from "#lib/domain/access/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { FetchJson } from "./fetch-json.ts";

export interface IssuersOptions {
  fetchJson: FetchJson;
  monotonicMs: () => number;
  log: Log;
}

type Resolve = ReturnType<typeof createLocalJWKSet>;
type PublicKey = Awaited<ReturnType<Resolve>>;

/** The keys of an authorization server cannot be read, and none that would do is remembered. */
export class IssuerUnreachableError extends Error {
  override readonly name = "IssuerUnreachableError";
}

/** No key of the authorization server fits the token. */
export class KeyUnknownError extends Error {
  override readonly name = "KeyUnknownError";
}

/**
 * The public keys of one authorization server. Read when they are first needed, read again by age in the background, and
 * at once, but not more often than the cooldown allows, when a token names a key that is not among them. What was read
 * keeps serving while the server cannot be reached.
 */
class IssuerKeys {
  readonly #issuer: string;
  readonly #jwksUrl: string | null;
  readonly #fetchJson: FetchJson;
  readonly #monotonicMs: () => number;
  readonly #log: Log;
  #resolve: Resolve | null = null;
  #readAtMs = 0;
  /** When the last read began, good or bad. */
  #triedAtMs = Number.NEGATIVE_INFINITY;
  /** When the set was last read again because of an unknown key. */
  #soughtAtMs = Number.NEGATIVE_INFINITY;
  #failure: Error | null = null;
  #reading: Promise<void> | null = null;

  constructor(issuer: string, jwksUrl: string | null, options: IssuersOptions) {
    this.#issuer = issuer;
    this.#jwksUrl = jwksUrl;
    this.#fetchJson = options.fetchJson;
    this.#monotonicMs = options.monotonicMs;
    this.#log = options.log;
  }

  /** The keys that may have signed a token with this header. Rejects with one of the two errors above. */
  async candidates(header: JWSHeaderParameters): Promise<PublicKey[]> {
    const { keySetAgeMsMax, keySetCooldownMs } = limits.gateways;
    if (!this.#resolve) await this.#read();
    else if (this.#monotonicMs() - this.#readAtMs > keySetAgeMsMax) this.#readInBackground();
    const known = await this.#find(header);
    if (known.length > 0) return known;
    if (this.#monotonicMs() - this.#soughtAtMs >= keySetCooldownMs) {
      this.#soughtAtMs = this.#monotonicMs();
      await this.#read();
      const found = await this.#find(header);
      if (found.length > 0) return found;
    }
    // Without a recent look nobody can tell a forged token from one that was signed with a new key.
    if (this.#failure) throw unreachable(this.#failure);
    throw new KeyUnknownError("no key of the authorization server fits the token");
  }

  async #find(header: JWSHeaderParameters): Promise<PublicKey[]> {
    if (!this.#resolve) return [];
    try {
      return [await this.#resolve(header)];
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JOSENotSupported) return [];
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
      const keys: PublicKey[] = [];
      for await (const key of error) {
        keys.push(key);
        if (keys.length >= limits.gateways.keysTriedMax) break;
      }
      return keys;
    }
  }

  #readInBackground(): void {
    // A failure is remembered by `#read`; the keys that are known keep serving.
    this.#read().catch(() => undefined);
  }

  /** Reads the key set. Everybody who asks during a read shares it; soon after a failed one it is not tried again. */
  async #read(): Promise<void> {
    const nowMs = this.#monotonicMs();
    if (!this.#reading) {
      if (this.#failure && nowMs - this.#triedAtMs < limits.gateways.issuerRetryMs)
        throw unreachable(this.#failure);
      this.#triedAtMs = nowMs;
      this.#reading = this.#load()
        .then(
          (resolve) => {
            this.#resolve = resolve;
            this.#readAtMs = this.#monotonicMs();
            if (this.#failure) this.#log.info({ issuer: this.#issuer }, "an authorization server is back");
            this.#failure = null;
          },
          (error: unknown) => {
            if (!this.#failure)
              this.#log.warn(
                { err: error, issuer: this.#issuer },
                "the keys of an authorization server cannot be read",
              );
            this.#failure = error instanceof Error ? error : new Error(String(error));
            throw unreachable(this.#failure);
          },
        )
        .finally(() => {
          this.#reading = null;
        });
    }
    await this.#reading;
  }

  async #load(): Promise<Resolve> {
    const url = this.#jwksUrl ?? (await this.#discover());
    const keys = await this.#fetchJson(url);
    try {
      return createLocalJWKSet(keys as JSONWebKeySet);
    } catch (error) {
      throw new Error(`${url} is no JSON Web Key Set`, { cause: error });
    }
  }

  /** The key set's address by the metadata of the authorization server, whose issuer must be exactly ours. */
  async #discover(): Promise<string> {
    const problems: string[] = [];
    const startedMs = this.#monotonicMs();
    for (const url of metadataUrlsOf(this.#issuer)) {
      // Callers are waiting: a server that is slow to say no is not asked again.
      if (this.#monotonicMs() - startedMs >= limits.gateways.issuerTimeoutMs) break;
      try {
        const document = await this.#fetchJson(url);
        const { issuer, jwks_uri: jwksUri } = document as { issuer?: unknown; jwks_uri?: unknown };
        if (issuer !== this.#issuer) problems.push(`${url} names another issuer`);
        else if (typeof jwksUri !== "string" || !URL.canParse(jwksUri))
          problems.push(`${url} has no jwks_uri`);
        else if (url.startsWith("https:") && !/^https:/i.test(jwksUri))
          // Whoever can change what travels in the clear could sign tokens of their own.
          problems.push(`${url} names a jwks_uri without https`);
        else return jwksUri;
      } catch (error) {
        problems.push(error instanceof Error ? error.message : String(error));
      }
    }
    throw new Error(problems.join("; "));
  }
}

const unreachable = (cause: Error): IssuerUnreachableError =>
  new IssuerUnreachableError(cause.message, { cause });

/** Where RFC 8414 and OpenID Connect Discovery put the metadata of an issuer, in the order that MCP asks for. */
function metadataUrlsOf(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/+$/, "");
  return [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    ...(path === "" ? [] : [`${origin}/.well-known/openid-configuration${path}`]),
    `${origin}${path}/.well-known/openid-configuration`,
  ];
}

/** The key sets of all issuers that gateways name. Bounded: the longest unused is forgotten first. */
export class Issuers {
  readonly #known = new Map<string, IssuerKeys>();
  readonly #options: IssuersOptions;

  constructor(options: IssuersOptions) {
    this.#options = options;
  }

  of(issuer: string, jwksUrl: string | null): IssuerKeys {
    const name = `${issuer} ${jwksUrl ?? ""}`;
    const known = this.#known.get(name) ?? new IssuerKeys(issuer, jwksUrl, this.#options);
    this.#known.delete(name);
    this.#known.set(name, known);
    if (this.#known.size > limits.gateways.issuersRememberedMax) {
      const oldest = this.#known.keys().next();
      if (!oldest.done) this.#known.delete(oldest.value);
    }
    return known;
  }
}
