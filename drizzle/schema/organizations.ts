import { sql } from "drizzle-orm";
import { index, integer, pgTable, primaryKey, text, uniqueIndex } from "drizzle-orm/pg-core";
import { at } from "./columns.ts";

/** The tenant: everything belongs to exactly one. */
export const organizations = pgTable("organizations", {
  id: text("id").primaryKey(),
  slug: text("slug").notNull().unique(),
  name: text("name").notNull(),
  plan: text("plan").notNull().default("self-hosted"),
  createdAt: at("created_at").notNull().default(sql`now()`),
});

export const users = pgTable(
  "users",
  {
    id: text("id").primaryKey(),
    /** Lower-case. */
    email: text("email").notNull(),
    name: text("name").notNull(),
    /** scrypt, with its parameters; null for a user who cannot sign in with a password. */
    passwordHash: text("password_hash"),
    /** Sessions carry this number; raising it ends all of them. */
    tokenVersion: integer("token_version").notNull().default(1),
    disabledAt: at("disabled_at"),
    createdAt: at("created_at").notNull().default(sql`now()`),
  },
  (table) => [uniqueIndex("users_email").on(table.email)],
);

export const memberships = pgTable(
  "memberships",
  {
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id),
    userId: text("user_id")
      .notNull()
      .references(() => users.id),
    role: text("role").notNull(),
    createdAt: at("created_at").notNull().default(sql`now()`),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.userId] }),
    /** The organizations of a user: read on every sign-in and session check. */
    index("memberships_user").on(table.userId),
  ],
);

/** One-time tokens: making the first owner, and joining. Single use is a conditional update of `used_at`. */
export const oneTimeTokens = pgTable("one_time_tokens", {
  /** SHA-256 of the token, hexadecimal. */
  hash: text("hash").primaryKey(),
  /** `setup` or `invite`. */
  purpose: text("purpose").notNull(),
  /** Names an invitation to its organization; null for a setup token. */
  id: text("id").unique(),
  organizationId: text("organization_id").references(() => organizations.id),
  /** An invitation's person, role and author. The user row is made when the person accepts. */
  email: text("email"),
  name: text("name"),
  role: text("role"),
  createdBy: text("created_by"),
  expiresAt: at("expires_at").notNull(),
  usedAt: at("used_at"),
  /** Who used it. */
  userId: text("user_id").references(() => users.id),
  createdAt: at("created_at").notNull().default(sql`now()`),
});

export const apiTokens = pgTable(
  "api_tokens",
  {
    id: text("id").primaryKey(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id),
    createdBy: text("created_by").references(() => users.id),
    name: text("name").notNull(),
    /** The first characters of the secret, for recognition. */
    prefix: text("prefix").notNull(),
    /** SHA-256 of the secret, hexadecimal. The secret has 256 random bits, so a plain hash is enough. */
    hash: text("hash").notNull(),
    scopes: text("scopes").array().notNull(),
    createdAt: at("created_at").notNull().default(sql`now()`),
    lastUsedAt: at("last_used_at"),
    expiresAt: at("expires_at"),
    revokedAt: at("revoked_at"),
  },
  (table) => [
    uniqueIndex("api_tokens_hash").on(table.hash),
    index("api_tokens_organization").on(table.organizationId),
  ],
);

/** Failed sign-ins per key (address or e-mail, hashed) and window; bounds guessing across processes. */
export const signInAttempts = pgTable(
  "sign_in_attempts",
  {
    key: text("key").notNull(),
    windowStart: at("window_start").notNull(),
    count: integer("count").notNull(),
  },
  (table) => [primaryKey({ columns: [table.key, table.windowStart] })],
);
