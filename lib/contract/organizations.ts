import { z } from "zod";
import { limits } from "#lib/kernel/limits.ts";
import { pageOf, Role, Slug, Timestamp } from "./common.ts";

const PersonName = z.string().trim().min(1, "Give a name.").max(100);
const Email = z.email("Give an e-mail address such as ada@example.com.").max(320);
const utf8Bytes = (text: string) => new TextEncoder().encode(text).length;
/** A new password. Its bounds are in bytes of UTF-8. */
export const NewPassword = z
  .string()
  .max(limits.auth.passwordBytesMax, "Use a shorter password.")
  .refine((text) => utf8Bytes(text) >= limits.auth.passwordBytesMin, {
    error: `Use at least ${limits.auth.passwordBytesMin} characters.`,
  })
  .refine((text) => utf8Bytes(text) <= limits.auth.passwordBytesMax, { error: "Use a shorter password." });

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
  "gateways:read",
  "gateways:write",
  "agents:read",
  "agents:write",
  "budgets:write",
  "usage:read",
  "usage:write",
  "billing:read",
  "billing:write",
  "alerts:read",
  "alerts:write",
  "incidents:read",
  "incidents:write",
  "views:write",
  "drains:read",
  "drains:write",
  "audit:read",
] as const;
export const Scope = z.enum(SCOPES);
export type Scope = z.infer<typeof Scope>;

export const Organization = z.object({
  id: z.string(),
  name: z.string(),
  slug: Slug,
  /** The caller's role in it; null for an API token, which has scopes only. */
  role: Role.nullable(),
  /** What the caller may do in it. */
  scopes: z.array(Scope),
  plan: z.string(),
});
export type Organization = z.infer<typeof Organization>;
/** `POST /organizations`: one more organization, owned by the person who asks. The slug is part of its addresses and stays. */
export const CreateOrganization = z.object({
  name: z.string().trim().min(1, "Give it a name.").max(100),
  slug: Slug,
});
export const UpdateOrganization = z.object({ name: z.string().trim().min(1, "Give it a name.").max(100) });

/** `GET /setup`: whether the first owner is still to be made. */
export const SetupStatus = z.object({ needed: z.boolean() });
/** `POST /setup`: makes the first organization and its owner, once, with the token printed at start. */
export const CompleteSetup = z.object({
  token: z.string().min(1, "Paste the setup token that the server printed.").max(200),
  organizationName: z.string().trim().min(1, "Give the organization a name.").max(100),
  name: PersonName,
  email: Email,
  password: NewPassword,
});
export type CompleteSetup = z.infer<typeof CompleteSetup>;
export const SetupResult = z.object({
  organization: z.object({ id: z.string(), slug: Slug, name: z.string() }),
  userId: z.string(),
  email: z.string(),
});
export type SetupResult = z.infer<typeof SetupResult>;

/** `POST /me/password`. Ends every other session of the account. */
export const ChangePassword = z.object({
  currentPassword: z.string().min(1, "Type your current password.").max(limits.auth.passwordBytesMax),
  newPassword: NewPassword,
});

export const Me = z.object({
  kind: z.enum(["user", "apiToken"]),
  id: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  organizations: z.array(Organization),
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
/** `POST …/members`: makes an invitation; the membership starts when the person accepts it. */
export const AddMember = z.object({ email: Email, name: PersonName, role: Role });
export const UpdateMember = z.object({ role: Role });

export const Invitation = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role: Role,
  createdBy: z.string().nullable(),
  createdAt: Timestamp,
  expiresAt: Timestamp,
});
export type Invitation = z.infer<typeof Invitation>;
/** The one answer that ever holds the link. Send it to the person; it works once. */
export const CreatedInvitation = Invitation.extend({ inviteUrl: z.string() });
export type CreatedInvitation = z.infer<typeof CreatedInvitation>;
/** What the holder of an invitation's link sees. `hasAccount` says whether the password is theirs or a new one. */
export const InvitationPreview = z.object({
  organizationName: z.string(),
  email: z.string(),
  name: z.string(),
  role: Role,
  hasAccount: z.boolean(),
});
export type InvitationPreview = z.infer<typeof InvitationPreview>;
/** `POST /invitations/accept`: the account's password, or the new one when there is no account yet. */
export const AcceptInvitation = z.object({
  token: z.string().min(1).max(200),
  password: z.string().min(1, "Type a password.").max(limits.auth.passwordBytesMax),
});
export const InvitationToken = AcceptInvitation.pick({ token: true });
export const AcceptedInvitation = z.object({
  organization: SetupResult.shape.organization,
  email: z.string(),
});

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
/** `expiresAt` null: never expires. */
export const CreateApiToken = z.object({
  name: z.string().trim().min(1, "Give it a name.").max(100),
  scopes: z.array(Scope).min(1, "Choose at least one scope."),
  expiresAt: Timestamp.nullable().default(null),
});
/** The one answer that ever holds the secret. */
export const CreatedApiToken = ApiToken.extend({ secret: z.string() });
export type CreatedApiToken = z.infer<typeof CreatedApiToken>;

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
  /** `user:usr_…`, `apiToken:key_…` or `system:<role>`. */
  actor: z.string(),
  /** The name of the person or token, while it is known. */
  actorName: z.string().nullable(),
  /** The verb, e.g. `server.create`. */
  action: z.string(),
  entity: z.string(),
  entityId: z.string().nullable(),
  /** What it was and what it became; null where that says nothing. Never a secret. */
  before: z.unknown(),
  after: z.unknown(),
  requestId: z.string().nullable(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;
export const AuditPage = pageOf(AuditEntry);
export type AuditPage = z.infer<typeof AuditPage>;
