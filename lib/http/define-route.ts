import type { z } from "zod";
import type { AuthSystem, Principal } from "#lib/auth/index.ts";
import type { Scope } from "#lib/contract/index.ts";
import type { Actor, Ctx } from "#lib/domain/access/index.ts";

export type HttpMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** `public`: anybody. `authenticated`: anybody signed in, outside an organization. A scope: held in `{org}` of the path. */
export type RouteAccess = "public" | "authenticated" | Scope;

/** A body that is not JSON: the accepted media types, and how much of it may come. */
export interface RawBody {
  readonly raw: readonly [string, ...string[]];
  readonly bytesMax: number;
}
export interface RawBodyValue {
  readonly bytes: Uint8Array;
  /** The media type without parameters, one of the accepted ones. */
  readonly contentType: string;
}

/** An answer that is a file of any length, written while it is read: its media types. */
export interface Streamed {
  readonly streamed: readonly [string, ...string[]];
}
export interface StreamedFile {
  readonly contentType: string;
  readonly fileName: string;
  /** Headers of this answer alone. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Pieces of text or bytes; the next one is asked for when the one before was sent. Left early when the caller goes. */
  readonly chunks: AsyncIterable<string | Uint8Array>;
}

type ParamNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamNames<Rest>
  : never;
type ParamsOf<Path extends string, Params> = Params extends z.ZodObject
  ? z.output<Params>
  : { readonly [Name in ParamNames<Path>]: string };
type QueryOf<Query> = Query extends z.ZodObject ? z.output<Query> : Record<string, never>;
type BodyOf<Body> = Body extends z.ZodType ? z.output<Body> : Body extends RawBody ? RawBodyValue : undefined;
type ResultOf<Response> = Response extends z.ZodType
  ? z.input<Response>
  : Response extends Streamed
    ? StreamedFile
    : undefined;

/** What a handler is given. `ctx` exists where `access` is a scope, `actor` where the caller must be known. */
export interface RouteCall<Access, Params, Query, Body> {
  readonly system: AuthSystem;
  readonly ctx: Access extends Scope ? Ctx : undefined;
  readonly actor: Access extends "public" ? Actor | null : Actor;
  readonly principal: Access extends "public" ? Principal | null : Principal;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** The request as it came; its body is already read where the route declares one. */
  readonly request: Request;
  readonly requestId: string;
  /** The caller's address as the edge believes it. */
  readonly address: string;
}

/** Values that make a complete call; documentation, and what the authorization matrix sends. */
export interface RouteExample {
  /** Path parameters besides those that the test fixture knows (`org`, `server`, `userId`, …). */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** JSON for a JSON body, text for a raw one. */
  readonly body?: unknown;
}

interface RouteSpec<Path extends string, Access extends RouteAccess, Params, Query, Body, Response> {
  readonly method: HttpMethod;
  /** Below `/api/v1`, e.g. `/organizations/{org}/mcp-servers/{server}`. */
  readonly path: Path;
  readonly operationId: string;
  readonly summary: string;
  readonly tags?: readonly string[];
  readonly access: Access;
  /** Stricter than "any text of 1 to 200 characters"; a mismatch is a 404, for such a thing cannot exist. */
  readonly params?: Params;
  /** Unknown and repeated parameters are refused. */
  readonly query?: Query;
  readonly body?: Body;
  /** The answer's shape: what it does not name never leaves. `null` answers 204, `streamed` a file. */
  readonly response: Response;
  readonly status?: 200 | 201 | 202;
  /** Where what was made, or is being done, can be read: a path below `/api/v1`, for the Location header. */
  location?(params: ParamsOf<Path, Params>, result: ResultOf<Response>): string;
  /**
   * Whether the call may, or must, come with an `Idempotency-Key`. With the same key its
   * commands have their effects once; for routes whose verb is a command, or a workflow that says so.
   */
  readonly idempotency?: "required" | "optional";
  /**
   * What of an answer a change changes; it becomes the ETag. With `If-Match` a change is refused (412) once it is another one:
   * its verb asks `requireMatch` about the same.
   */
  etag?(result: ResultOf<Response>): unknown;
  /** A JSON body may be left out; the schema then sees `{}`. */
  readonly bodyOptional?: boolean;
  readonly example?: RouteExample;
  handle(
    call: RouteCall<Access, ParamsOf<Path, Params>, QueryOf<Query>, BodyOf<Body>>,
  ): Promise<ResultOf<Response>> | ResultOf<Response>;
}

/** A route of the registry, its types erased. */
export type Route = RouteSpec<
  string,
  RouteAccess,
  z.ZodObject | undefined,
  z.ZodObject | undefined,
  z.ZodType | RawBody | undefined,
  z.ZodType | Streamed | null
>;

/**
 * Declares one REST route. A handler answers data or throws; request ids, identity, CSRF, rate limits, scope, parsing,
 * serialisation and problems belong to the dispatcher.
 */
export function defineRoute<
  const Path extends `/${string}`,
  const Access extends RouteAccess,
  Response extends z.ZodType | Streamed | null,
  Params extends z.ZodObject | undefined = undefined,
  Query extends z.ZodObject | undefined = undefined,
  Body extends z.ZodType | RawBody | undefined = undefined,
>(spec: RouteSpec<Path, Access, Params, Query, Body, Response>): Route {
  // The dispatcher calls `handle` only with what these very schemas parsed.
  return spec as unknown as Route;
}

export const isStreamed = (response: z.ZodType | Streamed | null): response is Streamed =>
  response !== null && "streamed" in response;

export const isRawBody = (body: z.ZodType | RawBody): body is RawBody => "raw" in body;
