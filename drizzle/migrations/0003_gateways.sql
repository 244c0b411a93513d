CREATE TABLE "access_keys" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"gateway_id" text,
	"server_id" text,
	"name" text NOT NULL,
	"prefix" text NOT NULL,
	"hash" text NOT NULL,
	"created_by" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	"expires_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "access_keys_organization_id_id_pk" PRIMARY KEY("organization_id","id"),
	CONSTRAINT "access_keys_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "gateway_servers" (
	"organization_id" text NOT NULL,
	"server_id" text NOT NULL,
	"gateway_id" text NOT NULL,
	"public_id" text NOT NULL,
	"attached_by" text,
	"attached_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "gateway_servers_organization_id_server_id_pk" PRIMARY KEY("organization_id","server_id"),
	CONSTRAINT "gateway_servers_public_id_unique" UNIQUE("public_id")
);
--> statement-breakpoint
CREATE TABLE "gateways" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"name" text NOT NULL,
	"access" text[] NOT NULL,
	"provider_type" text DEFAULT 'none' NOT NULL,
	"authorization_server_url" text,
	"jwks_url" text,
	"client_id" text,
	"resource" text,
	"scopes" text[] DEFAULT '{}' NOT NULL,
	"calls_per_minute_max" integer,
	"concurrent_max" integer,
	"created_by" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "gateways_organization_id_id_pk" PRIMARY KEY("organization_id","id"),
	CONSTRAINT "gateways_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "grants" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"gateway_id" text NOT NULL,
	"subject_kind" text NOT NULL,
	"subject_claim" text,
	"subject_value" text,
	"server_id" text,
	"tools" text[] NOT NULL,
	"calls_per_minute_max" integer,
	"concurrent_max" integer,
	"created_by" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "grants_organization_id_id_pk" PRIMARY KEY("organization_id","id"),
	CONSTRAINT "grants_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "edge_nodes" (
	"node" text PRIMARY KEY NOT NULL,
	"region" text NOT NULL,
	"version" text NOT NULL,
	"control_address" text NOT NULL,
	"own_url" text NOT NULL,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"heartbeat_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"stopped_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "server_upstream_headers" (
	"organization_id" text NOT NULL,
	"server_id" text NOT NULL,
	"name" text NOT NULL,
	"ciphertext" "bytea" NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "server_upstream_headers_organization_id_server_id_name_pk" PRIMARY KEY("organization_id","server_id","name")
);
--> statement-breakpoint
CREATE TABLE "tool_snapshots" (
	"organization_id" text NOT NULL,
	"id" uuid NOT NULL,
	"server_id" text NOT NULL,
	"version_id" text,
	"sha256" text NOT NULL,
	"tools" jsonb NOT NULL,
	"tool_count" integer NOT NULL,
	"seen_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "tool_snapshots_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "request_log" ADD COLUMN "principal" text;--> statement-breakpoint
ALTER TABLE "request_log" ADD COLUMN "decision" text;--> statement-breakpoint
ALTER TABLE "request_log" ADD COLUMN "grant_id" text;--> statement-breakpoint
ALTER TABLE "request_log" ADD COLUMN "explanation" jsonb;--> statement-breakpoint
ALTER TABLE "request_rollup" ADD COLUMN "duration_ms_max" real DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "request_rollup" ADD COLUMN "request_bytes_max" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "request_rollup" ADD COLUMN "response_bytes_max" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "operations" ADD COLUMN "previous_version_id" text;--> statement-breakpoint
ALTER TABLE "operations" ADD COLUMN "log" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "operations" ADD COLUMN "request_id" text;--> statement-breakpoint
ALTER TABLE "operations" ADD COLUMN "heartbeat_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "operations" ADD COLUMN "cancel_requested_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "server_versions" ADD COLUMN "published_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "servers" ADD COLUMN "check_policy" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "access_keys" ADD CONSTRAINT "access_keys_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_keys" ADD CONSTRAINT "access_keys_organization_id_gateway_id_gateways_organization_id_id_fk" FOREIGN KEY ("organization_id","gateway_id") REFERENCES "public"."gateways"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_keys" ADD CONSTRAINT "access_keys_organization_id_server_id_servers_organization_id_id_fk" FOREIGN KEY ("organization_id","server_id") REFERENCES "public"."servers"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gateway_servers" ADD CONSTRAINT "gateway_servers_organization_id_server_id_servers_organization_id_id_fk" FOREIGN KEY ("organization_id","server_id") REFERENCES "public"."servers"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gateway_servers" ADD CONSTRAINT "gateway_servers_organization_id_gateway_id_gateways_organization_id_id_fk" FOREIGN KEY ("organization_id","gateway_id") REFERENCES "public"."gateways"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gateways" ADD CONSTRAINT "gateways_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_organization_id_gateway_id_gateways_organization_id_id_fk" FOREIGN KEY ("organization_id","gateway_id") REFERENCES "public"."gateways"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_organization_id_server_id_servers_organization_id_id_fk" FOREIGN KEY ("organization_id","server_id") REFERENCES "public"."servers"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "server_upstream_headers" ADD CONSTRAINT "server_upstream_headers_organization_id_server_id_servers_organization_id_id_fk" FOREIGN KEY ("organization_id","server_id") REFERENCES "public"."servers"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tool_snapshots" ADD CONSTRAINT "tool_snapshots_organization_id_server_id_servers_organization_id_id_fk" FOREIGN KEY ("organization_id","server_id") REFERENCES "public"."servers"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "access_keys_hash" ON "access_keys" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "access_keys_gateway" ON "access_keys" USING btree ("gateway_id");--> statement-breakpoint
CREATE INDEX "access_keys_server" ON "access_keys" USING btree ("server_id");--> statement-breakpoint
CREATE INDEX "gateway_servers_gateway" ON "gateway_servers" USING btree ("gateway_id");--> statement-breakpoint
CREATE INDEX "grants_gateway" ON "grants" USING btree ("gateway_id");--> statement-breakpoint
CREATE INDEX "tool_snapshots_server" ON "tool_snapshots" USING btree ("server_id","id");--> statement-breakpoint
CREATE INDEX "request_log_gateway" ON "request_log" USING btree ("gateway_id","id") WHERE gateway_id is not null;--> statement-breakpoint
CREATE INDEX "request_log_gateway_trouble" ON "request_log" USING btree ("gateway_id","id") WHERE gateway_id is not null and level >= 2;--> statement-breakpoint
CREATE INDEX "operations_queued" ON "operations" USING btree ("id") WHERE state = 'queued';--> statement-breakpoint
CREATE INDEX "servers_deleted_slug" ON "servers" USING btree ("slug") WHERE deleted_at is not null;--> statement-breakpoint
-- Versions that served before this column existed.
UPDATE "server_versions" v SET "published_at" = o."finished_at" FROM "operations" o
	WHERE o."organization_id" = v."organization_id" AND o."version_id" = v."id" AND o."kind" = 'publish' AND o."state" = 'succeeded';
