import type { DoctorCheck } from "#lib/contract/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import type { GatewayRow } from "../gateway-row.ts";
import { type Finding, fail, pass, skip, timed, toCheck, warn } from "./check.ts";
import { jsonObject, type Probe, type Prober, textList } from "./probe.ts";

type Metadata = Readonly<Record<string, unknown>>;
type Found = Finding & { metadata: Metadata | null };

/** The four things that clients need of an authorization server. */
export async function checkIssuer(gateway: GatewayRow, clock: Clock, probe: Prober): Promise<DoctorCheck[]> {
  const issuer = gateway.authorizationServerUrl;
  if (!gateway.access.includes("oauth") || issuer === null) {
    const off = skip("OAuth is off for this gateway.");
    return (["authorization-server", "pkce", "registration", "jwks"] as const).map((id) => toCheck(id, off));
  }
  const { check, value } = await timed(clock, "authorization-server", () => findMetadata(issuer, probe));
  const { metadata } = value;
  const unknown = skip("The authorization server's metadata is not known.");
  const jwksUrl = gateway.jwksUrl ?? (typeof metadata?.jwks_uri === "string" ? metadata.jwks_uri : null);
  const keys = await timed(clock, "jwks", () => checkKeys(jwksUrl, probe));
  return [
    check,
    toCheck("pkce", metadata ? checkPkce(metadata) : unknown),
    toCheck("registration", metadata ? checkRegistration(metadata, gateway.clientId) : unknown),
    keys.check,
  ];
}

/** Where RFC 8414 and OpenID Connect Discovery put the document, in the order in which clients look. */
export function metadataUrlsOf(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, "");
  const urls = [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}/.well-known/openid-configuration${path}`,
  ];
  return path === "" ? urls : [...urls, `${origin}${path}/.well-known/openid-configuration`];
}

async function findMetadata(issuer: string, probe: Prober): Promise<Found> {
  const tried: string[] = [];
  for (const url of metadataUrlsOf(issuer)) {
    const answer = await probe(url);
    const metadata = answer.ok && answer.status === 200 ? jsonObject(answer.text) : null;
    if (metadata) return judgeMetadata(issuer, url, metadata);
    tried.push(`${url}: ${said(answer)}`);
    if (!answer.ok && answer.refusedAddress)
      return {
        ...fail(
          `${issuer} leads to an address that may not be reached from here (${answer.problem}).`,
          "Use a public authorization server, or let the operator allow private addresses.",
        ),
        metadata: null,
      };
  }
  return {
    ...fail(
      `No metadata document was found. ${tried.join("; ")}.`,
      "Check the authorization server's URL: it is the issuer, exactly as its tokens name it, and it must publish RFC 8414 or OpenID Connect metadata.",
    ),
    metadata: null,
  };
}

function judgeMetadata(issuer: string, url: string, metadata: Metadata): Found {
  if (metadata.issuer !== issuer) {
    const named = typeof metadata.issuer === "string" ? `"${metadata.issuer.slice(0, 200)}"` : "none";
    return {
      ...fail(
        `${url} names the issuer ${named}, not "${issuer}".`,
        "Set the gateway's authorization server to exactly the issuer of that document, slash and all.",
      ),
      metadata,
    };
  }
  const missing = ["authorization_endpoint", "token_endpoint"].filter(
    (name) => typeof metadata[name] !== "string",
  );
  if (missing.length > 0)
    return {
      ...fail(
        `${url} lacks ${missing.join(" and ")}.`,
        "Turn the authorization code flow on at the authorization server: clients cannot sign in without it.",
      ),
      metadata,
    };
  if (url.startsWith("https:") && /^http:/i.test(String(metadata.jwks_uri)))
    return {
      ...fail(
        `${url} names a key set without https, so no token can be trusted: its jwks_uri is not used.`,
        "Let the authorization server publish its keys over https, or give this gateway the URL of the key set.",
      ),
      metadata,
    };
  return { ...pass(`Found at ${url}; the issuer matches.`), metadata };
}

function checkPkce(metadata: Metadata): Finding {
  const methods = textList(metadata.code_challenge_methods_supported);
  if (methods.includes("S256")) return pass("S256 is supported.");
  return fail(
    methods.length === 0
      ? "The metadata names no code_challenge_methods_supported."
      : `Only ${methods.join(", ")} is supported.`,
    "Turn PKCE with S256 on at the authorization server; MCP clients refuse one that does not announce it.",
  );
}

function checkRegistration(metadata: Metadata, clientId: string | null): Finding {
  if (metadata.client_id_metadata_document_supported === true)
    return pass("Clients may present a client id metadata document.");
  if (typeof metadata.registration_endpoint === "string")
    return pass("Clients may register themselves (RFC 7591).");
  return warn(
    "Clients can neither present a metadata document nor register themselves.",
    clientId === null
      ? "Register a client at the authorization server and write its id into this gateway; people who connect type it in by hand."
      : `People who connect type in the client id ${clientId} by hand.`,
  );
}

const USABLE_TYPES: ReadonlySet<unknown> = new Set(["RSA", "EC", "OKP"]);

async function checkKeys(url: string | null, probe: Prober): Promise<Finding> {
  if (url === null)
    return fail("Nobody says where the signing keys are.", "Give the gateway the URL of the key set (JWKS).");
  const answer = await probe(url);
  const document = answer.ok && answer.status === 200 ? jsonObject(answer.text) : null;
  if (!document || !Array.isArray(document.keys))
    return fail(
      `${url}: ${document ? "this is no key set" : said(answer)}.`,
      "No token can be verified without it. Check the URL, and that this machine can reach it.",
    );
  const usable = document.keys.filter(
    (key: unknown) =>
      typeof key === "object" &&
      key !== null &&
      USABLE_TYPES.has((key as Metadata).kty) &&
      (key as Metadata).use !== "enc",
  );
  if (usable.length === 0)
    return fail(
      `${url} has no public key for signatures.`,
      "Let the authorization server sign access tokens with an asymmetric key, such as RS256 or ES256.",
    );
  return pass(`${usable.length} usable ${usable.length === 1 ? "key" : "keys"} at ${url}.`);
}

/** How an answer reads that is no document. */
export function said(answer: Probe): string {
  if (!answer.ok) return answer.problem;
  if (answer.status === 200) return "the answer is no JSON object";
  return `HTTP ${answer.status}`;
}
