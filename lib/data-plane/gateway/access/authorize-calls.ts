import { accessOf, type ServerAccess } from "#lib/kernel/grant-rules.ts";
import { limits as bounds } from "#lib/kernel/limits.ts";
import type { GatewayEntry, GrantEntry, ServerEntry } from "../../directory/index.ts";
import type { Call } from "../calls.ts";
import type { Principal } from "../exchange.ts";
import type { CallLimit, CallLimiter, LimitVerdict } from "./call-limits.ts";
import { type Denial, denial } from "./denial.ts";

/** Who calls what, through which gateway. */
export interface CallsToAuthorize {
  readonly gateway: GatewayEntry;
  readonly server: ServerEntry;
  readonly principal: Principal;
  readonly calls: readonly Call[];
}

/** A request that may go on. */
export interface Permission {
  /** The grant that allows it; of a batch, the one of its first item. */
  readonly grantId: string;
  readonly toolFilter: ServerAccess["toolFilter"];
  /** Gives back what the caller's limits hold; null when nothing is held. */
  readonly release: (() => void) | null;
}

/**
 * Asks the grants about every call of a request, then counts it. One call that no grant allows denies all of them. Answers
 * at once unless the calls are counted outside of this process.
 */
export function authorizeCalls(
  input: CallsToAuthorize,
  limiter: CallLimiter,
): Permission | Denial | Promise<Permission | Denial> {
  const { gateway, server, principal, calls } = input;
  const access = accessOf(gateway, principal, server.id);
  if (access.anyGrant === null) return missingForServer(input);
  const used: GrantEntry[] = [];
  let counted = 0;
  for (const call of calls) {
    const isToolCall = call.method === "tools/call";
    // Even as a notification, a tool call is one: a server may run it.
    if (isToolCall || (call.kind === "request" && call.key !== null)) counted++;
    if (!isToolCall) continue;
    const grant = access.grantOf(call.tool ?? "");
    if (!grant) return missingForTool(call.tool, access, input);
    if (!used.includes(grant)) used.push(grant);
  }
  const permission: Permission = {
    grantId: (used[0] ?? access.anyGrant).id,
    toolFilter: access.toolFilter,
    release: null,
  };
  if (counted === 0) return permission;
  const limits = limitsOf(input, used);
  if (limits.length === 0) return permission;
  const verdict = limiter.take(limits, counted);
  return verdict instanceof Promise
    ? verdict.then((answer) => conclude(answer, permission, input))
    : conclude(verdict, permission, input);
}

/**
 * The gateway's limits count every request of a principal to a server; a grant's count the requests of a principal with
 * tool calls that it allowed.
 */
function limitsOf(
  { gateway, server, principal }: CallsToAuthorize,
  grants: readonly GrantEntry[],
): CallLimit[] {
  const limits: CallLimit[] = [];
  const add = (of: Pick<GrantEntry, "callsPerMinuteMax" | "concurrentMax">, key: string): void => {
    const { callsPerMinuteMax, concurrentMax } = of;
    if (callsPerMinuteMax !== null)
      limits.push({ key: `{${gateway.id}}:m:${key}`, kind: "per_minute", max: callsPerMinuteMax });
    if (concurrentMax !== null)
      limits.push({ key: `{${gateway.id}}:c:${key}`, kind: "at_once", max: concurrentMax });
  };
  if (gateway.callsPerMinuteMax !== null || gateway.concurrentMax !== null)
    add(gateway, `${server.id}:${principal.id}`);
  for (const grant of grants) add(grant, `${grant.id}:${principal.id}`);
  return limits;
}

function conclude(
  verdict: LimitVerdict,
  permission: Permission,
  input: CallsToAuthorize,
): Permission | Denial {
  if (!verdict.ok) return limited(verdict, permission.grantId, input);
  return verdict.release ? { ...permission, release: verdict.release } : permission;
}

function missingForServer({ gateway, server, principal }: CallsToAuthorize): Denial {
  return denial("grant_missing_for_server", {
    code: "forbidden",
    outcome: "grant_denied",
    message: `You may not use the server ${server.slug} through this gateway. Ask its owner for access.`,
    presented: { principal: principal.label },
    expected: { grantFor: principal.label, server: server.slug, gateway: gateway.name },
    fix: `Add a grant for ${principal.label}, or for everyone, on ${server.slug} to the gateway ${gateway.name}.`,
    principal: principal.label,
  });
}

function missingForTool(
  tool: string | null,
  access: ServerAccess,
  { gateway, server, principal }: CallsToAuthorize,
): Denial {
  const name = (tool ?? "").slice(0, bounds.mcp.nameCharactersMax);
  return denial("grant_missing_for_tool", {
    code: "forbidden",
    outcome: "grant_denied",
    message: `You may not call the tool ${name} of the server ${server.slug}. Use another tool, or ask the owner for access.`,
    presented: { principal: principal.label, tool: name },
    expected: { server: server.slug, tools: access.patterns },
    fix: `Add ${name} to the tools of a grant for ${principal.label} in the gateway ${gateway.name}.`,
    principal: principal.label,
    grantId: null,
  });
}

function limited(
  { limit, retryAfterMs }: Extract<LimitVerdict, { ok: false }>,
  grantId: string,
  { gateway, principal }: CallsToAuthorize,
): Denial {
  const retryAfterSeconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  const isRate = limit.kind === "per_minute";
  const what = isRate ? `${limit.max} calls per minute` : `${limit.max} calls at once`;
  return denial(isRate ? "rate_limited" : "concurrency_limited", {
    code: isRate ? "rate_limited" : "limit_reached",
    outcome: "rate_limited",
    message: `You have used up ${what}, the most that is allowed. Try again in ${retryAfterSeconds} s.`,
    presented: { principal: principal.label },
    expected: isRate ? { callsPerMinuteMax: limit.max } : { concurrentMax: limit.max },
    fix: `Call less often, or raise the limit of the gateway ${gateway.name} or of the grant.`,
    principal: principal.label,
    grantId,
    retryAfterSeconds,
  });
}
