import {
  type AuthSystem,
  actorFromRequest,
  clientAddressOf,
  ctxFor,
  type Principal,
} from "#lib/auth/index.ts";
import type { Scope } from "#lib/contract/index.ts";
import { strictly } from "#lib/contract/strictly.ts";
import { actorKey, type Ctx, requireScope } from "#lib/domain/access/index.ts";
import { type DomainError, notFound, toDomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { requireSameOrigin } from "./csrf.ts";
import { isRawBody, isStreamed, type Route, type StreamedFile } from "./define-route.ts";
import {
  asUnavailable,
  asUnstorable,
  methodNotAllowed,
  rateLimited,
  uriTooLong,
  whoAreYou,
} from "./dispatch-errors.ts";
import { etagOfAnswer, ifMatchOf, isKnown } from "./etags.ts";
import { idempotencyOf } from "./idempotency-key.ts";
import { pageLinks } from "./page-links.ts";
import { problemResponse } from "./problem.ts";
import { addressKey, createRateLimiter, type RateDecision, rateLimitHeaders } from "./rate-limit.ts";
import { readBody } from "./request-body.ts";
import { REQUEST_ID_HEADER, requestIdOf } from "./request-id.ts";
import { readQuery } from "./request-query.ts";
import { createRouter } from "./router.ts";
import { DATA_POLICY } from "./security-headers.ts";
import { serialize } from "./serialize.ts";
import { createFileStreams } from "./stream-file.ts";
import { withinTime } from "./within-time.ts";

export const API_PREFIX = "/api/v1";

export interface DispatcherOptions {
  routes: readonly Route[];
  system: AuthSystem;
  /** Fail on an answer with more than its schema names, instead of leaving it out. For tests. */
  strictResponses?: boolean;
  requestsPerActorMax?: number;
  requestsPerAddressMax?: number;
  requestTimeoutMs?: number;
}

interface Exchange {
  readonly request: Request;
  readonly url: URL;
  readonly requestId: string;
  readonly address: string;
  /** Filled as the call proceeds; every response carries them. */
  readonly headers: Headers;
}

/**
 * Answers requests below `/api/v1` from a registry of routes. Never rejects: every failure is a problem. The order is
 * fixed: path, identity, rate limit, CSRF, organization, scope, and only then the caller's parameters and body.
 */
export function createDispatcher(options: DispatcherOptions): (request: Request) => Promise<Response> {
  const { system, routes } = options;
  const lookup = createRouter(routes.map(withStrictBody));
  const rateLimiter = createRateLimiter({
    clock: system.clock,
    windowSeconds: limits.http.rateWindowSeconds,
    keysMax: limits.http.rateKeysMax,
  });
  const streams = createFileStreams({
    streamsMax: limits.requests.exportsMax,
    idleMsMax: limits.requests.exportIdleMsMax,
  });
  const timeoutMs = options.requestTimeoutMs ?? limits.http.requestTimeoutMs;

  const takeRate = (principal: Principal | null, address: string): [RateDecision, string] =>
    principal === null
      ? [
          rateLimiter.take(
            addressKey(address),
            options.requestsPerAddressMax ?? limits.http.requestsPerAddressMax,
          ),
          "address",
        ]
      : [
          rateLimiter.take(
            actorKey(principal.actor),
            options.requestsPerActorMax ?? limits.http.requestsPerActorMax,
          ),
          "actor",
        ];

  const answer = async (exchange: Exchange): Promise<Response> => {
    const { request, url, headers, requestId, address } = exchange;
    if (request.url.length > limits.http.urlBytesMax) throw uriTooLong();
    const principal = await actorFromRequest(system, request);
    const [rate, policy] = takeRate(principal, address);
    for (const [name, value] of rateLimitHeaders(rate, policy, limits.http.rateWindowSeconds))
      headers.set(name, value);
    if (!rate.allowed) throw rateLimited(rate);
    const isOurs = url.pathname.startsWith(`${API_PREFIX}/`);
    const found = lookup(request.method, isOurs ? url.pathname.slice(API_PREFIX.length) : "");
    if (found.found === "nothing") throw notFound("address in this API");
    if (found.found === "path") {
      headers.set("allow", found.allow.join(", "));
      throw methodNotAllowed(request.method, found.allow);
    }
    const { route, params: rawParams } = found.match;
    if (route.access !== "public" && principal === null) throw whoAreYou(request.headers);
    requireSameOrigin(system.auth, request, principal?.via ?? "none");
    const asked = await contextOf(route, principal, rawParams.org, requestId);
    const idempotency = idempotencyOf(route, request, headers);
    const ifMatch = ifMatchOf(route, request);
    const ctx = asked && { ...asked, ...(idempotency && { idempotency }), ...(ifMatch && { ifMatch }) };
    const params = paramsOf(route, rawParams);
    const query = readQuery(route.query, url.searchParams);
    const body = await readBody(route, request);
    // The types of a route tie `ctx` and `actor` to its access; this is where that is made true.
    const call = {
      system,
      ctx,
      actor: principal?.actor ?? null,
      principal,
      params,
      query,
      body,
      request,
      requestId,
      address,
    };
    const result: unknown = await route.handle(call as unknown as Parameters<Route["handle"]>[0]);
    const location = route.location?.(params as Parameters<NonNullable<Route["location"]>>[0], result);
    if (location !== undefined) headers.set("location", `${API_PREFIX}${location}`);
    return respond(route, result, exchange);
  };

  const contextOf = async (
    route: Route,
    principal: Principal | null,
    organizationRef: string | undefined,
    requestId: string,
  ): Promise<Ctx | undefined> => {
    if (route.access === "public" || route.access === "authenticated" || principal === null) return undefined;
    const ctx = await ctxFor(system, principal, organizationRef ?? "", requestId);
    requireScope(ctx, route.access satisfies Scope);
    return ctx;
  };

  const respond = (route: Route, result: unknown, exchange: Exchange): Response => {
    const { headers, url } = exchange;
    // What a streamed route answers is a file by its type.
    if (isStreamed(route.response)) {
      return streams.respond(result as StreamedFile, (error) => report(toDomainError(error), exchange));
    }
    const body = serialize(route, result, options.strictResponses ?? false);
    if (body === null) return new Response(null, { status: 204 });
    const etag = etagOfAnswer(route, body);
    if (etag !== null) headers.set("etag", etag);
    if (etag !== null && isKnown(exchange.request, etag)) return new Response(null, { status: 304 });
    const links = pageLinks(body, url);
    if (links !== null) headers.set("link", links);
    return new Response(JSON.stringify(body), {
      status: route.status ?? 200,
      headers: { "content-type": "application/json" },
    });
  };

  const report = (error: DomainError, { request, url, requestId }: Exchange): void => {
    if (error.code !== "internal") return;
    system.log.error(
      { err: error.cause ?? error, requestId, method: request.method, path: url.pathname },
      "request failed",
    );
  };

  return async (request) => {
    const exchange: Exchange = {
      request,
      url: new URL(request.url),
      requestId: requestIdOf(request.headers, system.ids),
      address: clientAddressOf(request.headers),
      headers: new Headers({
        "cache-control": "private, no-store",
        vary: "authorization, cookie",
        "content-security-policy": DATA_POLICY,
        "x-content-type-options": "nosniff",
        "x-robots-tag": "noindex",
      }),
    };
    exchange.headers.set(REQUEST_ID_HEADER, exchange.requestId);
    let response: Response;
    try {
      response = await withinTime(answer(exchange), timeoutMs);
    } catch (thrown) {
      const error = toDomainError(asUnstorable(thrown) ?? asUnavailable(thrown) ?? thrown);
      report(error, exchange);
      response = problemResponse(error, exchange.requestId, exchange.url.pathname);
    }
    exchange.headers.forEach((value, name) => {
      response.headers.set(name, value);
    });
    if (request.method !== "HEAD") return response;
    await response.body?.cancel();
    return new Response(null, response);
  };
}

/** A field that a body's schema does not name is refused, in every route: ignored, a misspelled one would do nothing. */
const withStrictBody = (route: Route): Route =>
  route.body === undefined || isRawBody(route.body) ? route : { ...route, body: strictly(route.body) };

function paramsOf(route: Route, raw: Readonly<Record<string, string>>): Record<string, unknown> {
  if (route.params === undefined) return { ...raw };
  const parsed = route.params.safeParse(raw);
  if (!parsed.success) throw notFound("address in this API");
  return parsed.data;
}
