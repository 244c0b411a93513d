import { httpLimits } from "#lib/kernel/limits/http.ts";
import { ApiError } from "./api-error.ts";

const AUTH_PATH = "/api/auth";

/**
 * Signs in with e-mail and password; the answer sets the session cookie. Throws ApiError with a sentence for the
 * person: wrong credentials, too many attempts, or no connection.
 */
export async function signIn(email: string, password: string): Promise<void> {
  const answer = await postForm("/callback/credentials", { email, password });
  const reason = new URL(answer.url, window.location.origin).searchParams.get("error");
  if (reason !== null) throw refusalOf(reason);
}

/** Ends this browser's session. Throws ApiError when the server did not confirm it. */
export async function signOut(): Promise<void> {
  await postForm("/signout", {});
}

/** The credentials provider names its reason in the address that it would lead to. */
function refusalOf(reason: string): ApiError {
  if (reason === "CredentialsSignin") {
    return new ApiError("E-mail and password do not match an account.", {
      status: 401,
      code: "unauthenticated",
    });
  }
  const wait = /^rate_limited(?::(\d+))?$/.exec(reason);
  if (wait) {
    return new ApiError("Too many attempts.", {
      status: 429,
      code: "rate_limited",
      retryAfterSeconds: wait[1] ? Number(wait[1]) : null,
    });
  }
  return new ApiError("Signing in does not work at the moment. Try again shortly.", {
    status: 503,
    code: "unavailable",
    retryable: true,
  });
}

async function postForm(path: string, fields: Record<string, string>): Promise<{ url: string }> {
  const { csrfToken } = await request<{ csrfToken: string }>("/csrf", { method: "GET" });
  return request<{ url: string }>(path, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ ...fields, csrfToken, callbackUrl: window.location.origin, json: "true" }),
  });
}

async function request<Value>(path: string, init: RequestInit): Promise<Value> {
  let response: Response;
  try {
    response = await fetch(`${AUTH_PATH}${path}`, {
      ...init,
      cache: "no-store",
      signal: AbortSignal.timeout(httpLimits.requestTimeoutMs),
    });
  } catch (cause) {
    throw new ApiError("The server cannot be reached. Check the connection, then try again.", {
      status: 0,
      code: "network",
      retryable: true,
      cause,
    });
  }
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  // A refused sign-in answers 401 with JSON like a successful one; anything that is not JSON is a fault.
  if (!isJson) {
    throw new ApiError(`The server answered with status ${response.status}.`, {
      status: response.status,
      code: "unavailable",
      requestId: response.headers.get("x-request-id"),
    });
  }
  return (await response.json()) as Value;
}
