import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from "jose";
import Provider, { type Configuration } from "oidc-provider";
import { listenOnLoopback } from "./test-gateway.ts";

/** The one person who has an account at the authorization server of the tests. */
const ACCOUNT = "user-ada";
const SCOPES = "tools:call tools:list";

/** A real OAuth 2.1 authorization server on loopback that issues JWT access tokens for the resource that was asked for. */
export interface RealIssuer {
  /** As `iss` names it. */
  issuer: string;
  jwksUrl: string;
  /** Paths of all requests that arrived, oldest first. */
  seen: string[];
  /** While true, connections are cut without an answer. */
  isDown: boolean;
  /** A token by the client credentials grant. Its `sub` is the client, its groups are `support` and `beta`. */
  tokenFor(resource: string, scope?: string): Promise<string>;
  /** Signs claims of the test's own with the server's current key; `iss`, `sub`, `iat` and `exp` have good defaults. */
  sign(claims: Record<string, unknown>, header?: Partial<JWTHeaderParameters>): Promise<string>;
  /** The public key as the key set shows it. */
  publicKey(): JWK;
  /** From now on signs with a new key, and shows only that one. */
  rotate(): Promise<void>;
  /** What a person does in the browser: signs in, agrees, and is sent back. Resolves with what the redirect carries. */
  approve(authorizationUrl: URL): Promise<URLSearchParams>;
  close(): Promise<void>;
}

const CLIENT = { id: "robot", secret: "robot-secret-robot-secret-robot-secret" };

export async function startRealIssuer(): Promise<RealIssuer> {
  const seen: string[] = [];
  let handle: (req: IncomingMessage, res: ServerResponse) => void = (_req, res) => res.destroy();
  const server = await listenOnLoopback((req, res) => {
    seen.push(req.url ?? "");
    if (self.isDown) res.destroy();
    else handle(req, res);
  });
  const issuer = server.url;
  let key = await newKey();

  const install = (): void => {
    const provider = new Provider(issuer, configurationOf(key.privateJwk));
    const callback = provider.callback();
    handle = (req, res) => {
      if (req.url?.startsWith("/interaction/")) void agree(provider, req, res);
      else callback(req, res);
    };
  };
  install();

  const self: RealIssuer = {
    issuer,
    jwksUrl: `${issuer}/jwks`,
    seen,
    isDown: false,
    tokenFor: async (resource, scope = SCOPES) => {
      const response = await fetch(`${issuer}/token`, {
        method: "POST",
        headers: { authorization: `Basic ${btoa(`${CLIENT.id}:${CLIENT.secret}`)}` },
        body: new URLSearchParams({ grant_type: "client_credentials", resource, scope }),
      });
      const answer = (await response.json()) as { access_token?: string };
      if (answer.access_token === undefined) throw new Error(`no token: ${JSON.stringify(answer)}`);
      return answer.access_token;
    },
    sign: (claims, header) =>
      new SignJWT({ iss: issuer, sub: "somebody", ...claims })
        .setProtectedHeader({ alg: "RS256", kid: key.kid, typ: "at+jwt", ...header })
        .setIssuedAt()
        .setExpirationTime((claims.exp as number | undefined) ?? "5 minutes")
        .sign(key.privateKey),
    publicKey: () => key.publicJwk,
    rotate: async () => {
      key = await newKey();
      install();
    },
    approve: followToClient,
    close: server.close,
  };
  return self;
}

async function newKey() {
  const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
  const kid = crypto.randomUUID();
  const privateJwk: JWK = { ...(await exportJWK(privateKey)), kid, alg: "RS256", use: "sig" };
  const publicJwk: JWK = { ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" };
  return { kid, privateKey, privateJwk, publicJwk };
}

const configurationOf = (key: JWK): Configuration => ({
  jwks: { keys: [key] } as NonNullable<Configuration["jwks"]>,
  cookies: { keys: ["cookies-of-the-test"] },
  scopes: ["openid", ...SCOPES.split(" ")],
  clients: [
    {
      client_id: CLIENT.id,
      client_secret: CLIENT.secret,
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
    },
  ],
  findAccount: (_context, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  extraTokenClaims: async () => ({ groups: ["support", "beta"] }),
  ttl: { AccessToken: 600, ClientCredentials: 600, Grant: 600, Interaction: 600, Session: 600 },
  clientDefaults: { token_endpoint_auth_method: "client_secret_basic" },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    registration: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: async () => true,
      getResourceServerInfo: (_context, resource) => ({
        scope: SCOPES,
        audience: resource,
        accessTokenFormat: "jwt",
        accessTokenTTL: 600,
        jwt: { sign: { alg: "RS256" } },
      }),
    },
  },
});

/** Signs the account in and agrees to everything that was asked for. */
async function agree(provider: Provider, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { prompt, params, grantId } = await provider.interactionDetails(req, res);
  if (prompt.name === "login") {
    await provider.interactionFinished(req, res, { login: { accountId: ACCOUNT } });
    return;
  }
  const grant = (await provider.Grant.find(grantId ?? "")) ?? new provider.Grant();
  grant.accountId = ACCOUNT;
  grant.clientId = String(params.client_id);
  grant.addOIDCScope(String(params.scope ?? ""));
  for (const resource of [params.resource].flat()) {
    if (typeof resource === "string") grant.addResourceScope(resource, SCOPES);
  }
  await provider.interactionFinished(req, res, { consent: { grantId: await grant.save() } });
}

/** Follows redirects with cookies, as a browser does, until one leads away from the authorization server. */
async function followToClient(start: URL): Promise<URLSearchParams> {
  const cookies = new Map<string, string>();
  let url = start;
  for (let hop = 0; hop < 10; hop++) {
    const response = await get(url, cookies);
    const location = response.headers.location;
    response.resume();
    if (location === undefined) throw new Error(`no redirect from ${url}: ${response.statusCode}`);
    for (const cookie of response.headers["set-cookie"] ?? []) {
      const [pair = ""] = cookie.split(";");
      const at = pair.indexOf("=");
      cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    url = new URL(location, url);
    if (url.origin === start.origin) continue;
    if (!url.searchParams.has("code")) throw new Error(`no code: ${url}`);
    return url.searchParams;
  }
  throw new Error("too many redirects");
}

const get = (url: URL, cookies: ReadonlyMap<string, string>): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    request(url, { agent: false, headers: { cookie } }, resolve).on("error", reject).end();
  });
