import type { AccessMethod } from "#lib/contract/index.ts";
import { DomainError, type FieldError } from "#lib/kernel/errors.ts";
import { isId } from "#lib/kernel/ids.ts";

/** What a gateway's settings say together, stored or about to be. */
export interface GatewaySettings {
  name: string;
  access: readonly AccessMethod[];
  providerType: "manual" | "none";
  authorizationServerUrl: string | null;
  jwksUrl: string | null;
  resource: string | null;
}

const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** True for a host that only this machine reaches. */
export const isLoopbackHost = (hostname: string): boolean =>
  LOOPBACK.has(hostname) || hostname.endsWith(".localhost") || /^127(\.\d{1,3}){3}$/.test(hostname);

/** Throws `invalid_input` with everything that does not fit together. */
export function assertGatewayIsSound(settings: GatewaySettings): void {
  const errors = [
    ...problemsOfName(settings.name),
    ...problemsOfOAuth(settings),
    ...problemsOfUrl("authorizationServerUrl", settings.authorizationServerUrl, { mayHaveQuery: false }),
    ...problemsOfUrl("jwksUrl", settings.jwksUrl, { mayHaveQuery: true }),
    ...problemsOfUrl("resource", settings.resource, { mayHaveQuery: true, mayBePlain: true }),
  ];
  const [first] = errors;
  if (!first) return;
  throw new DomainError("invalid_input", `The input is not valid. ${first.path}: ${first.message}`, {
    errors,
  });
}

function problemsOfName(name: string): FieldError[] {
  if (!isId("gw", name)) return [];
  return [{ path: "name", code: "looks_like_id", message: "This looks like a gateway's id. Choose a name." }];
}

function problemsOfOAuth({ access, providerType, authorizationServerUrl }: GatewaySettings): FieldError[] {
  const errors: FieldError[] = [];
  const hasOAuth = access.includes("oauth");
  if (hasOAuth && providerType !== "manual") {
    errors.push({
      path: "providerType",
      code: "oauth_needs_provider",
      message: 'OAuth needs an authorization server: set the provider type to "manual" and name it.',
    });
  }
  if ((hasOAuth || providerType === "manual") && authorizationServerUrl === null) {
    errors.push({
      path: "authorizationServerUrl",
      code: "required",
      message: "Give the URL of the authorization server, exactly as its tokens name their issuer.",
    });
  }
  return errors;
}

function problemsOfUrl(
  path: string,
  text: string | null,
  may: { mayHaveQuery: boolean; mayBePlain?: boolean },
): FieldError[] {
  if (text === null) return [];
  const url = URL.parse(text);
  if (!url) return [{ path, code: "invalid_url", message: "This is not a URL. Write it in full." }];
  const errors: FieldError[] = [];
  if (url.protocol === "http:" && !may.mayBePlain && !isLoopbackHost(url.hostname))
    errors.push({ path, code: "not_https", message: "Use https; http is for this machine only." });
  if (url.username !== "" || url.password !== "")
    errors.push({
      path,
      code: "credentials_in_url",
      message: "Leave user name and password out of the URL.",
    });
  if (url.hash !== "" || text.endsWith("#"))
    errors.push({ path, code: "fragment_in_url", message: "Leave out the part after #." });
  if (url.search !== "" && !may.mayHaveQuery)
    errors.push({ path, code: "query_in_url", message: "An issuer has no part after ?." });
  return errors;
}
