import type { Me } from "#lib/contract/index.ts";
import { type ApiClient, createApiClient, normalizeApiUrl } from "./api-client.ts";
import { CliError, usageError } from "./cli-error.ts";
import type { CliIo } from "./cli-io.ts";
import { EXIT } from "./exit-code.ts";
import { readLogin, type StoredLogin } from "./stored-login.ts";

export const DEFAULT_API_URL = "http://127.0.0.1:3000";

/** Where a credential comes from. */
export type TokenSource = "environment" | "login";

/** Who the command speaks as, and where to. Resolved on first use, so that `--help` needs no login. */
export interface Session {
  /** Throws CliError when not signed in. */
  api(): Promise<ApiClient>;
  /** The path of the organization: `/organizations/{org}`. Throws a usage error when it has to be chosen. */
  organizationPath(): Promise<string>;
  /** The same for one server. */
  serverPath(server: string): Promise<string>;
  /** The path of one gateway, by id or name. */
  gatewayPath(gateway: string): Promise<string>;
  /** The path of one agent, by id or name. */
  agentPath(agent: string): Promise<string>;
  /** What would be used, without asking the API. */
  resolve(): Promise<ResolvedLogin>;
}

export interface ResolvedLogin {
  apiUrl: string;
  token: string | null;
  source: TokenSource | null;
  organization: string | null;
  /** The stored login, also when something else overrides it. */
  stored: StoredLogin | null;
}

interface SessionOptions {
  apiUrl?: string | undefined;
  organization?: string | undefined;
}

/** Flags win over the environment, the environment over the stored login. */
export function createSession(io: CliIo, options: SessionOptions): Session {
  let resolved: Promise<ResolvedLogin> | undefined;
  let client: Promise<ApiClient> | undefined;
  let organization: Promise<string> | undefined;

  async function resolve(): Promise<ResolvedLogin> {
    const stored = await readLogin(io);
    const given = options.apiUrl ?? io.env.MCPSTACK_API_URL;
    const apiUrl = normalizeApiUrl(given || stored?.apiUrl || DEFAULT_API_URL);
    const key = io.env.MCPSTACK_API_KEY;
    const isOurs = stored !== null && normalizeApiUrl(stored.apiUrl) === apiUrl;
    return {
      apiUrl,
      token: key || (isOurs ? stored.token : null),
      source: key ? "environment" : isOurs ? "login" : null,
      organization:
        options.organization ||
        io.env.MCPSTACK_ORG_ID ||
        (isOurs && !key ? stored.organization : null) ||
        null,
      stored,
    };
  }
  const once = () => {
    resolved ??= resolve();
    return resolved;
  };
  async function connect(): Promise<ApiClient> {
    const { apiUrl, token, stored } = await once();
    if (token === null)
      throw new CliError(
        EXIT.notSignedIn,
        stored ? `You are signed in to ${stored.apiUrl}, not to ${apiUrl}.` : "You are not signed in.",
        "Run `mcpstack login`, or set MCPSTACK_API_KEY.",
      );
    return createApiClient(apiUrl, token);
  }
  const api = () => {
    client ??= connect();
    return client;
  };
  async function chooseOrganization(): Promise<string> {
    const { organization: chosen } = await once();
    if (chosen) return chosen;
    return onlyOrganization(await (await api()).get<Me>("/me"));
  }
  const organizationPath = async () => {
    organization ??= chooseOrganization();
    return `/organizations/${encodeURIComponent(await organization)}`;
  };
  return {
    api,
    organizationPath,
    serverPath: async (server) => `${await organizationPath()}/mcp-servers/${encodeURIComponent(server)}`,
    gatewayPath: async (gateway) => `${await organizationPath()}/gateways/${encodeURIComponent(gateway)}`,
    agentPath: async (agent) => `${await organizationPath()}/agents/${encodeURIComponent(agent)}`,
    resolve: once,
  };
}

/** The one organization of a caller. Throws a usage error that lists them when there are several. */
export function onlyOrganization(me: Me): string {
  const [first, ...others] = me.organizations;
  if (!first)
    throw new CliError(EXIT.notFound, "You belong to no organization.", "Ask an owner to add you to one.");
  if (others.length > 0)
    throw usageError(
      `You belong to several organizations: ${me.organizations.map(({ slug }) => slug).join(", ")}.`,
      "Choose one with --org or MCPSTACK_ORG_ID.",
    );
  return first.slug;
}
