import type { Attachment, DoctorCheck } from "#lib/contract/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import type { GatewayRow } from "../gateway-row.ts";
import { isLoopbackHost } from "../gateway-rules.ts";
import { type Finding, fail, pass, skip, timed, toCheck, warn } from "./check.ts";
import { said } from "./check-issuer.ts";
import { jsonObject, type Prober, textList } from "./probe.ts";

type Found = Finding & { resource: string | null };

/** What a client meets at a public URL before it presents anything. */
export async function checkDoor(
  gateway: GatewayRow,
  { url, metadataUrl }: Attachment,
  { clock, probe }: { clock: Clock; probe: Prober },
): Promise<DoctorCheck[]> {
  const document = await timed(clock, "protected-resource-metadata", () =>
    checkMetadata(gateway, { url, metadataUrl, probe }),
  );
  const challenge = await timed(clock, "challenge", () =>
    checkChallenge(gateway, { url, metadataUrl, probe }),
  );
  return [
    toCheck("https", checkHttps(url)),
    document.check,
    challenge.check,
    toCheck("audience", checkAudience(gateway, document.value.resource, { url, metadataUrl })),
  ];
}

function checkHttps(url: string): Finding {
  const { protocol, hostname } = new URL(url);
  if (protocol === "https:") return pass("The public URL uses https.");
  if (isLoopbackHost(hostname))
    return warn(
      "The public URL uses http; only this machine reaches it, so nothing leaves it unencrypted.",
      "For anybody else, put a proxy with a certificate in front and set MCPSTACK_PUBLIC_URL to its https URL.",
    );
  return fail(
    "The public URL uses http: keys and tokens travel in clear, and clients refuse OAuth over it.",
    "Put a proxy with a certificate in front and set MCPSTACK_PUBLIC_URL to its https URL.",
  );
}

interface Door {
  url: string;
  metadataUrl: string | null;
  probe: Prober;
}

async function checkMetadata(gateway: GatewayRow, { url, metadataUrl, probe }: Door): Promise<Found> {
  if (metadataUrl === null) return { ...skip("OAuth is off for this gateway."), resource: null };
  const answer = await probe(metadataUrl);
  const document = answer.ok && answer.status === 200 ? jsonObject(answer.text) : null;
  if (!document)
    return {
      ...fail(
        `${metadataUrl}: ${said(answer)}.`,
        "Clients cannot find the authorization server without it. Check that the public URL leads here, with its whole path.",
      ),
      resource: null,
    };
  const resource = typeof document.resource === "string" ? document.resource : null;
  if (resource !== url)
    return {
      ...fail(
        `The document names the resource ${JSON.stringify(resource)}, not ${JSON.stringify(url)}.`,
        "Something between the client and us answers instead, or the public URL is set wrongly (MCPSTACK_PUBLIC_URL).",
      ),
      resource,
    };
  const issuer = gateway.authorizationServerUrl ?? "";
  if (!textList(document.authorization_servers).includes(issuer))
    return {
      ...fail(
        `The document does not name the authorization server ${issuer}.`,
        "Run the doctor again in a few seconds; if it stays, something between the client and us answers instead.",
      ),
      resource,
    };
  return { ...pass("Found; it names this resource and its authorization server."), resource };
}

/** Harmless in any era and state: what comes back shows only whether one gets in. */
const PING: RequestInit = {
  method: "POST",
  headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
  body: JSON.stringify({ jsonrpc: "2.0", id: "doctor", method: "ping" }),
};

async function checkChallenge(gateway: GatewayRow, { url, metadataUrl, probe }: Door): Promise<Finding> {
  const answer = await probe(url, PING);
  if (!answer.ok)
    return fail(`${url}: ${answer.problem}.`, "Check that the public URL leads to this installation.");
  if (gateway.access.includes("public")) {
    if (answer.status !== 401 && answer.status !== 403 && answer.status !== 404)
      return pass("Anybody gets in without a credential, as configured.");
    return fail(
      `Without a credential the answer is HTTP ${answer.status}, although the gateway is public.`,
      "Run the doctor again in a few seconds; if it stays, a proxy in front asks for credentials of its own.",
    );
  }
  if (answer.status !== 401)
    return fail(
      `Without a credential the answer is HTTP ${answer.status}, not 401.`,
      "Clients learn by 401 that they have to present something. Check what stands between the client and us.",
    );
  if (metadataUrl === null) return pass("Without a credential the answer is 401.");
  const header = answer.headers.get("www-authenticate") ?? "";
  const named = /(?:^|[\s,])resource_metadata="([^"]*)"/i.exec(header)?.[1];
  if (named === metadataUrl) return pass("401 names the metadata document.");
  return fail(
    named === undefined
      ? "401 came without resource_metadata, so OAuth clients do not know where to sign in."
      : `401 names the metadata document ${named.slice(0, 300)}, which is not ${metadataUrl}.`,
    "A proxy in front must pass the WWW-Authenticate header and the Host header on unchanged.",
  );
}

/**
 * Clients take a resource when its origin is that of the URL they call and its path a prefix of the URL's path, and ask
 * for tokens of it.
 */
function checkAudience(
  gateway: GatewayRow,
  resource: string | null,
  { url, metadataUrl }: Omit<Door, "probe">,
): Finding {
  if (metadataUrl === null) return skip("OAuth is off for this gateway.");
  if (resource === null) return skip("The resource is not known.");
  if (!contains(resource, url))
    return fail(
      `The resource ${resource} does not contain the public URL, so clients refuse it.`,
      "Something between the client and us answers instead, or the public URL is set wrongly (MCPSTACK_PUBLIC_URL).",
    );
  if (gateway.resource === null || gateway.resource === url)
    return pass(`Tokens must name the audience ${url}.`);
  return warn(
    `Tokens must name the audience ${gateway.resource}, but clients ask for tokens of ${url}.`,
    "Leave the gateway's audience empty, unless the authorization server writes that audience whatever is asked for.",
  );
}

function contains(resource: string, url: string): boolean {
  const named = URL.parse(resource);
  const called = new URL(url);
  const slashed = (path: string) => (path.endsWith("/") ? path : `${path}/`);
  return (
    named?.origin === called.origin &&
    named.search === "" &&
    slashed(called.pathname).startsWith(slashed(named.pathname))
  );
}
