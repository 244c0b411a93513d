import type { LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import {
  checkServerIdentity,
  connect,
  type DetailedPeerCertificate,
  getCACertificates,
  type TLSSocket,
} from "node:tls";
import { explainNetwork } from "#lib/domain/checks/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { ResolvedTarget } from "../network/index.ts";
import type { CheckedHost } from "./checked-host.ts";
import { type Finding, failed, passed, skipped, warned } from "./step.ts";

interface TlsCheck {
  host: CheckedHost;
  target: ResolvedTarget;
  signal: AbortSignal;
  nowMs: number;
  /** PEM certificates that are trusted besides the machine's own. */
  authorities: readonly string[];
}

const DAY_MS = 86_400_000;
const NAMES_MAX = 6;

/** Shakes hands with a host and looks at its certificate: whether it is trusted, for this name, and for how long. */
export async function checkTls({ host, target, signal, nowMs, authorities }: TlsCheck): Promise<Finding> {
  if (host.url.protocol !== "https:") return withoutTls(host);
  let socket: TLSSocket;
  try {
    socket = await shakeHands(target, signal, authorities);
  } catch (error) {
    const { message, fix } = explainNetwork(error);
    return failed(`No TLS connection to ${target.host}:${target.port}. ${message}`, fix);
  }
  try {
    return judge(socket, target.host, nowMs);
  } finally {
    socket.destroy();
  }
}

function withoutTls({ url, isUpstream, hasSecrets }: CheckedHost): Finding {
  if (isUpstream && hasSecrets)
    return warned(
      "The upstream is reached over plain HTTP, and its secret headers travel unencrypted.",
      "Use the https URL of the upstream.",
    );
  if (isUpstream) return skipped("The upstream is reached over plain HTTP.");
  if (isLoopback(url.hostname)) return skipped("The public URL is this machine itself, over plain HTTP.");
  return warned(
    "The public URL is plain HTTP: keys, tokens and answers travel unencrypted.",
    "Put a TLS proxy before the edges and set the https URL as the public one.",
  );
}

const isLoopback = (hostname: string): boolean =>
  hostname === "localhost" ||
  hostname.endsWith(".localhost") ||
  hostname === "[::1]" ||
  /^127(\.\d+){3}$/.test(hostname);

function judge(socket: TLSSocket, host: string, nowMs: number): Finding {
  const certificate = socket.getPeerCertificate(true);
  if (certificate.valid_to === undefined)
    return failed(`${host} shows no certificate.`, "Install one from a trusted authority.");
  const names = namesOf(certificate);
  const expiresMs = Date.parse(certificate.valid_to);
  const daysLeft = Math.floor((expiresMs - nowMs) / DAY_MS);
  const until = new Date(expiresMs).toISOString().slice(0, 10);
  if (nowMs >= expiresMs)
    return failed(
      `The certificate of ${host} expired on ${until}.`,
      "Renew it, and check why it was not renewed by itself.",
    );
  if (nowMs < Date.parse(certificate.valid_from))
    return failed(
      `The certificate of ${host} is valid only from ${certificate.valid_from}.`,
      "Check the clock of this machine, and the certificate.",
    );
  if (checkServerIdentity(host, certificate) !== undefined)
    return failed(
      `The certificate is for ${listed(names)}, not for ${host}.`,
      "Install a certificate that names this host.",
    );
  if (!socket.authorized)
    return failed(
      `The certificate of ${host} is not trusted (${String(socket.authorizationError)}).`,
      "Install one from a trusted authority, together with its intermediate certificates.",
    );
  const issuer = certificate.issuer?.O ?? certificate.issuer?.CN ?? "an unnamed authority";
  const facts = `${socket.getProtocol() ?? "TLS"}; for ${listed(names)}; issued by ${String(issuer)}; expires ${until}, in ${daysLeft} ${daysLeft === 1 ? "day" : "days"}`;
  if (daysLeft >= limits.checks.certificateDaysMin) return passed(facts);
  return warned(facts, "Renew the certificate, and check why it was not renewed by itself.");
}

/** A connection to one of exactly the addresses that were checked. The certificate is judged afterwards, to say why. */
function shakeHands(
  { host, port, addresses }: ResolvedTarget,
  signal: AbortSignal,
  authorities: readonly string[],
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      lookup: pinnedTo(addresses),
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(authorities.length === 0 ? {} : { ca: [...getCACertificates("default"), ...authorities] }),
      rejectUnauthorized: false,
      ALPNProtocols: ["http/1.1"],
    });
    const stop = (): void => void socket.destroy(new Error("the time of the step is up"));
    signal.addEventListener("abort", stop, { once: true });
    socket.once("close", () => signal.removeEventListener("abort", stop));
    socket.once("error", reject);
    socket.once("secureConnect", () => resolve(socket));
  });
}

function pinnedTo(addresses: readonly LookupAddress[]): LookupFunction {
  return (_host, options, callback) => {
    const [first] = addresses;
    if (first === undefined) callback(new Error("no address"), []);
    else if (options.all) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  };
}

function namesOf({ subjectaltname, subject }: DetailedPeerCertificate): string[] {
  const alternative = (subjectaltname ?? "")
    .split(", ")
    .flatMap((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? []);
  const common = subject?.CN;
  return alternative.length > 0 ? alternative : [common ?? []].flat();
}

const listed = (names: readonly string[]): string =>
  names.length === 0
    ? "no name"
    : `${names.slice(0, NAMES_MAX).join(", ")}${names.length > NAMES_MAX ? ` and ${names.length - NAMES_MAX} more` : ""}`;
