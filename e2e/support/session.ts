import type { APIRequestContext, APIResponse } from "@playwright/test";

/** What the dashboard's own script sends with every call that changes something. */
const OWN_SCRIPT = { "x-mcpstack-csrf": "1" } as const;

export interface Credentials {
  email: string;
  password: string;
}

/** Posts a sign-in as the sign-in page does, and answers the address that it leads to; the cookies stay in `request`. */
export async function postSignIn(request: APIRequestContext, credentials: Credentials): Promise<string> {
  const { csrfToken } = (await (await request.get("/api/auth/csrf")).json()) as { csrfToken: string };
  const answer = await request.post("/api/auth/callback/credentials", {
    form: { ...credentials, csrfToken, json: "true" },
  });
  return ((await answer.json()) as { url: string }).url;
}

/** Signs in, or throws. */
export async function signIn(request: APIRequestContext, credentials: Credentials): Promise<void> {
  const leadsTo = await postSignIn(request, credentials);
  if (leadsTo.includes("error=")) throw new Error(`Signing in as ${credentials.email} led to ${leadsTo}`);
}

/** A call of the REST API with the session's cookie, as the dashboard makes it; throws unless it succeeds. */
export async function callAsPerson<Body>(
  request: APIRequestContext,
  origin: string,
  method: "GET" | "POST" | "DELETE",
  path: string,
  data?: object,
): Promise<Body> {
  const answer: APIResponse = await request.fetch(`/api/v1${path}`, {
    method,
    headers: { ...OWN_SCRIPT, origin },
    ...(data ? { data } : {}),
  });
  const text = await answer.text();
  if (!answer.ok()) throw new Error(`${method} ${path} answered ${answer.status()}: ${text}`);
  return (text === "" ? undefined : JSON.parse(text)) as Body;
}
