import type { Operation, Server } from "#lib/contract/index.ts";
import type { Tenant } from "./instance.ts";

export interface Answer<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

interface CallOptions {
  query?: Record<string, string>;
  body?: unknown;
  /** A body that is not JSON. */
  raw?: { bytes: Uint8Array | string; contentType: string };
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** The REST API from outside, with a Bearer token, below `/api/v1/organizations/{organization}`. */
export interface ApiClient {
  call<Body = unknown>(method: Method, path: string, options?: CallOptions): Promise<Answer<Body>>;
  /** The same, but throws unless it succeeds, and answers the body only. */
  do<Body = unknown>(method: Method, path: string, options?: CallOptions): Promise<Body>;
}

export function apiClient(
  url: string,
  { organization, token }: Pick<Tenant, "organization" | "token">,
): ApiClient {
  const call = async <Body>(method: Method, path: string, { query, body, raw }: CallOptions = {}) => {
    const address = new URL(`/api/v1/organizations/${organization}${path}`, url);
    for (const [name, value] of Object.entries(query ?? {})) address.searchParams.set(name, value);
    const response = await fetch(address, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(raw ? { "content-type": raw.contentType } : {}),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(raw ? { body: raw.bytes as BodyInit } : {}),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === "" ? undefined : JSON.parse(text)) as Body,
    };
  };
  return {
    call,
    async do<Body>(method: Method, path: string, options?: CallOptions): Promise<Body> {
      const answer = await call<Body>(method, path, options);
      if (answer.status >= 400)
        throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      return answer.body;
    },
  };
}

/** Creates a hosted server from one module and publishes it. */
export async function publishHosted(
  api: ApiClient,
  { slug, name = slug, code, retentionDays }: HostedServer,
): Promise<Server> {
  const path = `/mcp-servers/${slug}`;
  await api.do("POST", "/mcp-servers", { body: { kind: "hosted", name, slug } });
  if (retentionDays !== undefined) await api.do("PATCH", path, { body: { retentionDays } });
  await uploadAndPublish(api, slug, "1.0.0", code);
  return api.do<Server>("GET", path);
}

export interface HostedServer {
  slug: string;
  name?: string;
  code: string;
  retentionDays?: 0 | 1 | 7;
}

/** Uploads one module as a version and publishes it. Answers the operation as it ended; throws when it failed. */
export async function uploadAndPublish(
  api: ApiClient,
  slug: string,
  version: string,
  code: string,
): Promise<Operation> {
  const path = `/mcp-servers/${slug}`;
  await api.do("POST", `${path}/versions`, {
    query: { version },
    raw: { bytes: code, contentType: "text/javascript" },
  });
  return succeeded(await operate(api, slug, "publish", { version }));
}

/** What a server can be asked to do. */
export type OperationVerb = "publish" | "rollback" | "restart" | "activate" | "deactivate";

/** Asks for an operation and waits until it has ended, however it did. Throws when it is refused. */
export async function operate(
  api: ApiClient,
  slug: string,
  verb: OperationVerb,
  body?: unknown,
): Promise<Operation> {
  const path = `/mcp-servers/${slug}`;
  let operation = await api.do<Operation>("POST", `${path}/${verb}`, body === undefined ? {} : { body });
  while (operation.state === "queued" || operation.state === "running") {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    operation = await api.do<Operation>("GET", `${path}/deployment-operations/${operation.id}`);
  }
  return operation;
}

/** The same operation, or an error that says why it did not succeed. */
export function succeeded(operation: Operation): Operation {
  if (operation.state === "succeeded") return operation;
  throw new Error(`${operation.kind} ${operation.id} ${operation.state}: ${operation.error ?? ""}`);
}

/** Between two looks at an operation that is under way. */
const LOOK_MS = 100;
