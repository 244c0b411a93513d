import { z } from "zod";
import { limits } from "#lib/kernel/limits.ts";
import { PageQuery, pageOf, Timestamp } from "./common.ts";
import { RequestFilter, RequestRow } from "./requests.ts";

/** How callers of a gateway may prove who they are; several may be on at once. */
export const ACCESS_METHODS = ["public", "key", "oauth"] as const;
export const AccessMethod = z.enum(ACCESS_METHODS);
export type AccessMethod = z.infer<typeof AccessMethod>;

const Name = z.string().trim().min(1, "Give it a name.").max(100);
const HttpUrl = z
  .url({ protocol: /^https?$/, error: "Give a URL such as https://login.example.com." })
  .max(2000);
const PerMinute = z.number().int().min(1).max(limits.gateways.callsPerMinuteMax).nullable();
const AtOnce = z.number().int().min(1).max(limits.gateways.concurrentMax).nullable();
const OAuthScope = z
  .string()
  .regex(/^[\x21\x23-\x5B\x5D-\x7E]{1,200}$/, "A scope has no spaces, quotes or backslashes.");

/** A server behind a gateway and its public URL. */
export const Attachment = z.object({
  serverId: z.string(),
  serverSlug: z.string(),
  serverName: z.string(),
  serverStatus: z.string(),
  gatewayId: z.string(),
  publicId: z.string(),
  /** `…/gateway/{publicId}/mcp`. */
  url: z.string(),
  /** The RFC 9728 document of this URL; null without OAuth. */
  metadataUrl: z.string().nullable(),
  attachedAt: Timestamp,
});
export type Attachment = z.infer<typeof Attachment>;

export const Gateway = z.object({
  id: z.string(),
  name: z.string(),
  access: z.array(AccessMethod),
  providerType: z.enum(["manual", "none"]),
  authorizationServerUrl: z.string().nullable(),
  jwksUrl: z.string().nullable(),
  clientId: z.string().nullable(),
  /** The audience that tokens must name; null: the public URL of each server. */
  resource: z.string().nullable(),
  scopes: z.array(z.string()),
  callsPerMinuteMax: z.number().int().nullable(),
  concurrentMax: z.number().int().nullable(),
  servers: z.array(Attachment),
  grantCount: z.number().int(),
  keyCount: z.number().int(),
  createdBy: z.string().nullable(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type Gateway = z.infer<typeof Gateway>;

/** A gateway in a list, with what it decided in the last 24 hours. */
export const GatewayListItem = Gateway.extend({
  calls24h: z.number().int(),
  denied24h: z.number().int(),
});
export type GatewayListItem = z.infer<typeof GatewayListItem>;

const gatewayFields = {
  name: Name,
  access: z
    .array(AccessMethod)
    .min(1, "Choose at least one way in.")
    .transform((methods) => ACCESS_METHODS.filter((method) => methods.includes(method))),
  providerType: z.enum(["manual", "none"]),
  authorizationServerUrl: HttpUrl.nullable(),
  jwksUrl: HttpUrl.nullable(),
  clientId: z.string().trim().min(1).max(500).nullable(),
  resource: HttpUrl.nullable(),
  scopes: z.array(OAuthScope).max(limits.gateways.scopesMax),
  callsPerMinuteMax: PerMinute,
  concurrentMax: AtOnce,
};
/** `POST …/gateways`. With `grantEveryone` every caller who gets in may call every tool until grants say otherwise. */
export const CreateGateway = z.object({
  ...gatewayFields,
  providerType: gatewayFields.providerType.default("none"),
  authorizationServerUrl: gatewayFields.authorizationServerUrl.default(null),
  jwksUrl: gatewayFields.jwksUrl.default(null),
  clientId: gatewayFields.clientId.default(null),
  resource: gatewayFields.resource.default(null),
  scopes: gatewayFields.scopes.default([]),
  callsPerMinuteMax: PerMinute.default(null),
  concurrentMax: AtOnce.default(null),
  grantEveryone: z.boolean().default(true),
});
export type CreateGateway = z.infer<typeof CreateGateway>;
/** What is not named stays. */
export const UpdateGateway = z.object(gatewayFields).partial();
export type UpdateGateway = z.infer<typeof UpdateGateway>;

/** `PUT …/mcp-servers/{server}/gateway`. Without a `publicId` a new, unguessable one is made. */
export const AttachServer = z.object({
  gatewayId: z.string().min(1).max(64),
  publicId: z
    .string()
    .regex(
      /^[a-z0-9](?:[a-z0-9-]{6,61}[a-z0-9])$/,
      "Use 8 to 63 lower-case letters, digits and inner hyphens.",
    )
    .optional(),
});

/** Whom a grant is for. */
export const GRANT_SUBJECTS = ["everyone", "key", "agent", "oauth_subject", "oauth_claim"] as const;
const subjectValue = z.string().min(1).max(500);
export const GrantSubject = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("everyone") }),
  z.object({ kind: z.literal("key"), keyId: z.string().min(1).max(64) }),
  z.object({ kind: z.literal("agent"), agentId: z.string().min(1).max(64) }),
  z.object({ kind: z.literal("oauth_subject"), subject: subjectValue }),
  /** The token's claim equals the value, or is a list that holds it. */
  z.object({ kind: z.literal("oauth_claim"), claim: z.string().min(1).max(100), value: subjectValue }),
]);
export type GrantSubject = z.infer<typeof GrantSubject>;

/** A tool name in which `*` stands for any characters. */
export const ToolPattern = z
  .string()
  .regex(/^[\x21-\x7E]{1,200}$/, "A tool pattern has 1 to 200 visible characters and no spaces.");

/** Who may call which tools of which server, and how much. */
export const Grant = z.object({
  id: z.string(),
  gatewayId: z.string(),
  subject: GrantSubject,
  /** The subject in words, e.g. the name of the key. */
  subjectLabel: z.string(),
  /** Null: every server behind the gateway, also those attached later. */
  serverId: z.string().nullable(),
  serverSlug: z.string().nullable(),
  tools: z.array(z.string()),
  callsPerMinuteMax: z.number().int().nullable(),
  concurrentMax: z.number().int().nullable(),
  /** Patterns that match no tool that is known of these servers: probably a misspelling. */
  unmatchedPatterns: z.array(z.string()),
  createdBy: z.string().nullable(),
  createdAt: Timestamp,
});
export type Grant = z.infer<typeof Grant>;
export const CreateGrant = z.object({
  subject: GrantSubject,
  /** Id or slug of an attached server; null: all. */
  server: z.string().min(1).max(64).nullable().default(null),
  tools: z
    .array(ToolPattern)
    .min(1, "Name at least one tool; * stands for all.")
    .max(limits.gateways.patternsPerGrantMax)
    .default(["*"]),
  callsPerMinuteMax: PerMinute.default(null),
  concurrentMax: AtOnce.default(null),
});
export type CreateGrant = z.input<typeof CreateGrant>;
export const UpdateGrant = z.object({
  tools: z.array(ToolPattern).min(1).max(limits.gateways.patternsPerGrantMax).optional(),
  callsPerMinuteMax: PerMinute.optional(),
  concurrentMax: AtOnce.optional(),
});

/** Where the callers of a key come from: `embed` is a widget in somebody's page. An agent's are told apart by their agent. */
export const KeyUse = z.enum(["external", "embed"]);
export type KeyUse = z.infer<typeof KeyUse>;

/** A key that callers present as `Authorization: Bearer …` or `X-API-Key`. It opens a gateway, a direct URL, or what an agent may call. */
export const AccessKey = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  gatewayId: z.string().nullable(),
  serverId: z.string().nullable(),
  agentId: z.string().nullable(),
  use: KeyUse,
  createdBy: z.string().nullable(),
  createdAt: Timestamp,
  lastUsedAt: Timestamp.nullable(),
  expiresAt: Timestamp.nullable(),
  revokedAt: Timestamp.nullable(),
});
export type AccessKey = z.infer<typeof AccessKey>;
export const CreateAgentKey = z.object({ name: Name, expiresAt: Timestamp.nullable().default(null) });
export const CreateAccessKey = CreateAgentKey.extend({ use: KeyUse.default("external") });
/** The one answer that ever holds the secret. */
export const CreatedAccessKey = AccessKey.extend({ secret: z.string() });
export type CreatedAccessKey = z.infer<typeof CreatedAccessKey>;

export const GatewayLogQuery = PageQuery.extend(RequestFilter.shape).extend({
  /** Id or slug of a server. */
  server: z.string().max(64).optional(),
  principal: z.string().max(300).optional(),
  /** `allowed`, `denied`, or one reason. */
  decision: z.string().max(100).optional(),
});
export type GatewayLogQuery = z.infer<typeof GatewayLogQuery>;
export type GatewayLogQueryInput = z.input<typeof GatewayLogQuery>;
/** One row of a gateway's log: a request and what was decided about it. */
export const GatewayLogRow = RequestRow.extend({
  serverSlug: z.string().nullable(),
  serverName: z.string().nullable(),
});
export type GatewayLogRow = z.infer<typeof GatewayLogRow>;
export const GatewayLogPage = pageOf(GatewayLogRow);
export type GatewayLogPage = z.infer<typeof GatewayLogPage>;

/** One finding of the doctor. `fix` says what to do; empty when there is nothing to do. */
export const DoctorCheck = z.object({
  /** Stable name, e.g. `https`, `protected-resource-metadata`, `authorization-server`, `jwks`, `audience`, `pkce`, `challenge`, `tools-list`, `tool-count`, `grants`. */
  id: z.string(),
  title: z.string(),
  status: z.enum(["pass", "warn", "fail", "skip"]),
  detail: z.string(),
  fix: z.string(),
  durationMs: z.number(),
});
export type DoctorCheck = z.infer<typeof DoctorCheck>;
/** `POST …/gateways/{gateway}/doctor`: what a client would meet at each public URL. */
export const DoctorReport = z.object({
  gateway: z.string(),
  status: z.enum(["passed", "failed"]),
  servers: z.array(
    z.object({ serverId: z.string(), serverSlug: z.string(), url: z.string(), checks: z.array(DoctorCheck) }),
  ),
  checks: z.array(DoctorCheck),
  durationMs: z.number(),
  checkedAt: Timestamp,
});
export type DoctorReport = z.infer<typeof DoctorReport>;
/** A key or an access token lets the doctor go through the door as well; it is used once and not stored. */
export const RunDoctor = z.object({
  // What no header can carry would come back in the words of whoever refuses it.
  credential: z
    .string()
    .trim()
    .max(8192)
    .regex(/^[\x21-\x7E]+$/, "A key or an access token is one word of visible ASCII characters.")
    .optional(),
});
