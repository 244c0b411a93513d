import { and, eq } from "drizzle-orm";
import { servers } from "#drizzle/schema/index.ts";
import { type CheckPolicy, UpdateServerConfig } from "#lib/contract/index.ts";
import { DomainError, type FieldError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { announce, type CommandCtx, command, workflow } from "../access/index.ts";
import { describeConfig } from "./get-server-config.ts";
import { type SealedChanges, sealedUsage, writeSealed } from "./sealed-settings.ts";
import { getServerRow, ServerRef, type ServerRow } from "./server-row.ts";
import { refuseUpstreamHeader } from "./upstream-headers.ts";

const Input = ServerRef.extend(UpdateServerConfig.shape);
const { environmentValueBytesMax, environmentVariablesMax, environmentBytesMax, upstreamHeadersMax } =
  limits.servers;

const isEmpty = (changes: SealedChanges): boolean => Object.keys(changes).length === 0;

/** Code of ours has variables, somebody else's server has headers; never the other way round. */
function assertFitsKind(row: ServerRow, environment: SealedChanges, upstreamHeaders: SealedChanges): void {
  const refuse = (path: string, message: string) =>
    new DomainError("invalid_input", message, { errors: [{ path, code: `not_${row.kind}`, message }] });
  if (row.kind !== "hosted" && !isEmpty(environment))
    throw refuse("environment", "Only a hosted server has environment variables.");
  if (row.kind !== "connected" && !isEmpty(upstreamHeaders))
    throw refuse("upstreamHeaders", "Only a connected server has an upstream that wants headers.");
}

function refuseVariable(name: string, value: string): FieldError | null {
  if (Buffer.byteLength(value) <= environmentValueBytesMax) return null;
  return {
    path: `environment.${name}`,
    code: "too_big",
    message: `A value may have at most ${environmentValueBytesMax} bytes.`,
  };
}

function refusePolicy(policy: CheckPolicy | undefined): FieldError | null {
  if (Buffer.byteLength(JSON.stringify(policy ?? {})) <= limits.checks.policyBytesMax) return null;
  return {
    path: "checks",
    code: "too_big",
    message: `The checks may have at most ${limits.checks.policyBytesMax} bytes together.`,
  };
}

/** Throws `invalid_input` with everything that is wrong with the values. */
function assertValuesAreFine(
  environment: SealedChanges,
  upstreamHeaders: SealedChanges,
  policy: CheckPolicy | undefined,
): void {
  const errorsOf = (changes: SealedChanges, refuse: (name: string, value: string) => FieldError | null) =>
    Object.entries(changes).flatMap(([name, value]) => (value === null ? [] : (refuse(name, value) ?? [])));
  const errors = [
    ...errorsOf(environment, refuseVariable),
    ...errorsOf(upstreamHeaders, refuseUpstreamHeader),
    ...[refusePolicy(policy)].filter((error) => error !== null),
  ];
  const [first] = errors;
  if (first)
    throw new DomainError("invalid_input", `The input is not valid. ${first.path}: ${first.message}`, {
      errors,
    });
}

async function assertWithinCaps(ctx: CommandCtx, row: ServerRow): Promise<void> {
  const variables = await sealedUsage(ctx, row, "environment");
  if (variables.values > environmentVariablesMax)
    throw new DomainError(
      "limit_reached",
      `A server may have at most ${environmentVariablesMax} environment variables.`,
    );
  if (variables.bytes > environmentBytesMax)
    throw new DomainError(
      "limit_reached",
      `The environment variables of a server may have at most ${environmentBytesMax} bytes together.`,
    );
  const headers = await sealedUsage(ctx, row, "upstreamHeaders");
  if (headers.values > upstreamHeadersMax)
    throw new DomainError(
      "limit_reached",
      `A server may have at most ${upstreamHeadersMax} upstream headers.`,
    );
}

/** What the audit log keeps of a policy: not the arguments of the canary, which may hold a secret. */
const auditedPolicy = ({ canary, ...policy }: CheckPolicy) => ({
  ...policy,
  canary: canary && { tool: canary.tool, everySeconds: canary.everySeconds },
});

const changeConfig = command({
  name: "server.updateConfig",
  scope: "servers:write",
  input: Input,
  run: async (ctx, { server, environment = {}, upstreamHeaders = {}, checks }) => {
    const before = await getServerRow(ctx.db, ctx.organization.id, server, { lock: true });
    assertFitsKind(before, environment, upstreamHeaders);
    assertValuesAreFine(environment, upstreamHeaders, checks);
    const variables = await writeSealed(ctx, before, { kind: "environment", changes: environment });
    const headers = await writeSealed(ctx, before, { kind: "upstreamHeaders", changes: upstreamHeaders });
    await assertWithinCaps(ctx, before);
    const [row = before] =
      isEmpty(environment) && isEmpty(upstreamHeaders) && checks === undefined
        ? [before]
        : await ctx.db
            .update(servers)
            .set({
              ...(checks === undefined
                ? {}
                : { checkPolicy: { ...checks, expectedTools: [...new Set(checks.expectedTools)] } }),
              updatedAt: new Date(ctx.clock.nowMs()),
            })
            .where(and(eq(servers.organizationId, before.organizationId), eq(servers.id, before.id)))
            .returning();
    return {
      value: { serverId: row.id, config: await describeConfig(ctx.db, row) },
      audit: {
        entity: "server",
        entityId: row.id,
        after: {
          environment: variables,
          ...(isEmpty(upstreamHeaders) ? {} : { upstreamHeaders: headers }),
          ...(checks === undefined ? {} : { checks: auditedPolicy(checks) }),
        },
      },
    };
  },
});

/**
 * Sets variables and upstream headers that have a string, removes those that have null, leaves the others; `checks`
 * replaces the whole policy. Values are sealed before they are stored and never come back. Throws `limit_reached` above
 * the count or size caps, `invalid_input` for variables of a connected or headers of a hosted server.
 */
export const updateServerConfig = workflow({
  name: "server.updateConfig",
  scope: "servers:write",
  input: Input,
  run: async (ctx, input) => {
    const { serverId, config } = await changeConfig(ctx, input);
    await announce(ctx, serverId);
    return config;
  },
});
