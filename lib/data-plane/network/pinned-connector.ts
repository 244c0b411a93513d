import { type LookupAddress, lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { buildConnector } from "undici";
import { limits } from "#lib/kernel/limits.ts";
import { classOfAddress, isReachableAddress } from "./address-rules.ts";
import { AddressRefusedError } from "./errors.ts";

/** Resolves a name to all its addresses. Injected so that tests own the answers. */
export type ResolveAll = (
  hostname: string,
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** What the operator opened beyond the public internet. */
export interface ReachOptions {
  /** Opens loopback, private and carrier-grade ranges; link-local and metadata stay closed. */
  allowPrivate?: boolean;
  /** Operator-declared names: `name` or `name:port` → `host:port` that is reachable although private. */
  aliases?: Readonly<Record<string, string>>;
  resolve?: ResolveAll;
}

const resolveWithSystem: ResolveAll = (hostname, done) =>
  systemLookup(hostname, { all: true, verbatim: true }, (error, addresses) => done(error, addresses ?? []));

const withoutBrackets = (host: string): string =>
  host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;

/** Where an operator alias leads, or null. `host` is compared without case and without a trailing dot. */
function aliasTarget(
  host: string,
  port: number,
  aliases: Readonly<Record<string, string>> | undefined,
): { host: string; port: number } | null {
  if (aliases === undefined) return null;
  const name = host.toLowerCase().replace(/\.$/, "");
  const key = [`${name}:${port}`, name].find((candidate) => Object.hasOwn(aliases, candidate));
  const target = key === undefined ? undefined : aliases[key];
  if (target === undefined) return null;
  const at = target.lastIndexOf(":");
  return at < 0
    ? { host: withoutBrackets(target), port }
    : { host: withoutBrackets(target.slice(0, at)), port: Number(target.slice(at + 1)) };
}

/** The addresses of `host` that may be reached; calls back with AddressRefusedError when there is none. */
function reachableAddresses(
  host: string,
  options: ReachOptions,
  done: (error: Error | null, addresses: LookupAddress[]) => void,
): void {
  (options.resolve ?? resolveWithSystem)(host, (error, addresses) => {
    if (error !== null) return done(error, []);
    const reachable = addresses.filter(({ address }) => isReachableAddress(address, options.allowPrivate));
    if (reachable.length > 0) return done(null, reachable);
    const first = addresses[0];
    done(new AddressRefusedError(host, first ? classOfAddress(first.address) : "not_an_address"), []);
  });
}

/** Where a URL leads: its host and port, and the addresses that may be connected to. */
export interface ResolvedTarget {
  host: string;
  port: number;
  addresses: readonly LookupAddress[];
  /** The operator declared where this name leads. */
  isAlias: boolean;
}

/**
 * Looks up where `url` leads. Throws AddressRefusedError when no address of it may be reached, TypeError when it is no
 * http(s) URL, or the resolver's error. A connection must go to one of these addresses, because names change theirs.
 */
export async function resolveTarget(url: string | URL, options: ReachOptions = {}): Promise<ResolvedTarget> {
  const { protocol, hostname, port } = new URL(url);
  if (protocol !== "http:" && protocol !== "https:") throw new TypeError("Use an http or https URL.");
  const host = withoutBrackets(hostname);
  const portNumber = port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
  const alias = aliasTarget(host, portNumber, options.aliases);
  // The operator's word stands: an alias may lead to any address.
  const reach =
    alias === null ? options : { ...(options.resolve && { resolve: options.resolve }), isOpen: true };
  const target = alias ?? { host, port: portNumber };
  return {
    host,
    port: target.port,
    addresses: await addressesOf(target.host, reach),
    isAlias: alias !== null,
  };
}

function addressesOf(host: string, options: ReachOptions & { isOpen?: boolean }): Promise<LookupAddress[]> {
  const family = isIP(host);
  if (family !== 0) {
    if (options.isOpen || isReachableAddress(host, options.allowPrivate))
      return Promise.resolve([{ address: host, family }]);
    return Promise.reject(new AddressRefusedError(host, classOfAddress(host)));
  }
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, addresses: LookupAddress[]) =>
      error === null ? resolve(addresses) : reject(error);
    if (options.isOpen) (options.resolve ?? resolveWithSystem)(host, done);
    else reachableAddresses(host, options, done);
  });
}

/**
 * Checks where `url` leads before anything is stored or sent: resolves its name and throws AddressRefusedError when no
 * address of it may be reached, TypeError when it is no http(s) URL, or the resolver's error. A later connection must
 * still go through `createPinnedConnector`, because names change their addresses.
 */
export async function assertPublicAddress(url: string | URL, options: ReachOptions = {}): Promise<void> {
  const { protocol, hostname, port } = new URL(url);
  if (protocol !== "http:" && protocol !== "https:") throw new TypeError("Use an http or https URL.");
  const host = withoutBrackets(hostname);
  const portNumber = port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
  if (aliasTarget(host, portNumber, options.aliases) !== null) return;
  if (isIP(host) !== 0) {
    if (!isReachableAddress(host, options.allowPrivate))
      throw new AddressRefusedError(host, classOfAddress(host));
    return;
  }
  await new Promise<void>((resolve, reject) => {
    reachableAddresses(host, options, (error) => (error === null ? resolve() : reject(error)));
  });
}

/**
 * An undici `connect` function that resolves each name once, refuses addresses that may not be reached and connects
 * to exactly the addresses it checked, so that a name cannot change its mind in between. TLS still verifies the name.
 * Fails with AddressRefusedError (refused), the resolver's error, or undici's own connect errors.
 */
export function createPinnedConnector(
  options: ReachOptions & { connectTimeoutMs?: number } = {},
): buildConnector.connector {
  const timeout = options.connectTimeoutMs ?? limits.egress.connectTimeoutMs;
  const checkedLookup: LookupFunction = (hostname, lookupOptions, callback) => {
    reachableAddresses(hostname, options, (error, addresses) => {
      const first = addresses[0];
      if (error !== null || first === undefined) return callback(error, []);
      if (lookupOptions.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
  // `buildConnector` hands unknown options to net.connect and tls.connect; `lookup` is one of theirs.
  const checked = buildConnector({ timeout, lookup: checkedLookup } as buildConnector.BuildOptions);
  const direct = buildConnector({ timeout });
  return (target, callback) => {
    const host = withoutBrackets(target.hostname);
    const port = Number(target.port) || (target.protocol === "https:" ? 443 : 80);
    const alias = aliasTarget(host, port, options.aliases);
    if (alias !== null) {
      const servername = target.servername ?? host;
      return direct({ ...target, hostname: alias.host, port: String(alias.port), servername }, callback);
    }
    if (isIP(host) !== 0 && !isReachableAddress(host, options.allowPrivate)) {
      return callback(new AddressRefusedError(host, classOfAddress(host)), null);
    }
    return checked(target, callback);
  };
}
