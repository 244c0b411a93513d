import { z } from "zod";
import { Role, Slug, Timestamp } from "./common.ts";

export const Organization = z.object({
  id: z.string(),
  name: z.string(),
  slug: Slug,
  role: Role,
  plan: z.string(),
});
export type Organization = z.infer<typeof Organization>;

export const Me = z.object({
  kind: z.enum(["user", "apiToken"]),
  id: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  organizations: z.array(Organization),
  scopes: z.array(z.string()),
});
export type Me = z.infer<typeof Me>;

export const Member = z.object({
  userId: z.string(),
  name: z.string(),
  email: z.string(),
  role: Role,
  joinedAt: Timestamp,
});
export type Member = z.infer<typeof Member>;
export const AddMember = z.object({
  email: z.email().max(320),
  name: z.string().trim().min(1).max(100),
  role: Role,
});
export const UpdateMember = z.object({ role: Role });

/** What a token may do. Read scopes end in `:read`. */
export const SCOPES = [
  "organization:read",
  "organization:write",
  "members:read",
  "members:write",
  "tokens:read",
  "tokens:write",
  "servers:read",
  "servers:write",
  "deployments:write",
  "logs:read",
  "checks:read",
  "checks:run",
  "audit:read",
] as const;
export const Scope = z.enum(SCOPES);
export type Scope = z.infer<typeof Scope>;

export const ApiToken = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(Scope),
  createdBy: z.string().nullable(),
  createdAt: Timestamp,
  lastUsedAt: Timestamp.nullable(),
  expiresAt: Timestamp.nullable(),
});
export type ApiToken = z.infer<typeof ApiToken>;
export const CreateApiToken = z.object({
  name: z.string().trim().min(1, "Give it a name.").max(100),
  scopes: z.array(Scope).min(1, "Choose at least one scope."),
  expiresAt: Timestamp.nullable().default(null),
});
/** The one answer that ever holds the secret. */
export const CreatedApiToken = ApiToken.extend({ secret: z.string() });

/** `GET …/overview`: the fleet at a glance. */
export const Overview = z.object({
  servers: z.object({ total: z.number().int(), active: z.number().int(), failing: z.number().int() }),
  last24h: z.object({ calls: z.number().int(), errors: z.number().int(), p95Ms: z.number().nullable() }),
  callsByHour: z.array(z.object({ hour: Timestamp, calls: z.number().int(), errors: z.number().int() })),
  recentOperations: z.array(
    z.object({
      id: z.string(),
      serverSlug: z.string(),
      kind: z.string(),
      state: z.string(),
      version: z.string().nullable(),
      at: Timestamp,
    }),
  ),
  failingServers: z.array(z.object({ slug: z.string(), name: z.string(), reason: z.string() })),
});
export type Overview = z.infer<typeof Overview>;

export const AuditEntry = z.object({
  id: z.string(),
  at: Timestamp,
  actor: z.string(),
  action: z.string(),
  entity: z.string(),
  entityId: z.string().nullable(),
  requestId: z.string().nullable(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;
