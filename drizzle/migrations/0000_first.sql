CREATE TABLE "audit_log" (
	"id" uuid NOT NULL,
	"organization_id" text NOT NULL,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"entity" text NOT NULL,
	"entity_id" text,
	"before" jsonb,
	"after" jsonb,
	"request_id" text,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "audit_log_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
CREATE TABLE "console_log" (
	"id" uuid NOT NULL,
	"organization_id" text NOT NULL,
	"server_id" text NOT NULL,
	"version_id" text,
	"request_id" uuid,
	"epoch" text NOT NULL,
	"seq" bigint NOT NULL,
	"level" smallint NOT NULL,
	"method" text NOT NULL,
	"message" text NOT NULL,
	"truncated" boolean DEFAULT false NOT NULL,
	"bytes" integer NOT NULL,
	CONSTRAINT "console_log_organization_id_id_pk" PRIMARY KEY("organization_id","id")
) PARTITION BY RANGE ("id");
--> statement-breakpoint
CREATE TABLE "console_log_default" PARTITION OF "console_log" DEFAULT;
--> statement-breakpoint
CREATE TABLE "request_log" (
	"id" uuid NOT NULL,
	"organization_id" text NOT NULL,
	"server_id" text NOT NULL,
	"version_id" text,
	"request_id" uuid NOT NULL,
	"level" smallint NOT NULL,
	"outcome" text NOT NULL,
	"kind" text NOT NULL,
	"era" text,
	"method" text,
	"tool" text,
	"source" text NOT NULL,
	"client_name" text,
	"client_version" text,
	"session_hash" text,
	"agent_id" text,
	"gateway_id" text,
	"region" text NOT NULL,
	"node" text NOT NULL,
	"http_status" smallint NOT NULL,
	"rpc_error_code" integer,
	"error" text,
	"duration_ms" real NOT NULL,
	"request_bytes" bigint NOT NULL,
	"response_bytes" bigint NOT NULL,
	"trace_id" text,
	CONSTRAINT "request_log_organization_id_id_pk" PRIMARY KEY("organization_id","id")
) PARTITION BY RANGE ("id");
--> statement-breakpoint
CREATE TABLE "request_log_default" PARTITION OF "request_log" DEFAULT;
--> statement-breakpoint
CREATE TABLE "request_rollup" (
	"organization_id" text NOT NULL,
	"server_id" text NOT NULL,
	"hour" timestamp (3) with time zone NOT NULL,
	"source" text NOT NULL,
	"kind" text NOT NULL,
	"tool" text NOT NULL,
	"outcome" text NOT NULL,
	"level" smallint NOT NULL,
	"duration_bucket" smallint NOT NULL,
	"calls" bigint NOT NULL,
	"request_bytes" bigint NOT NULL,
	"response_bytes" bigint NOT NULL,
	"duration_ms_sum" double precision NOT NULL,
	CONSTRAINT "request_rollup_pk" PRIMARY KEY("organization_id","server_id","hour","source","kind","tool","outcome","duration_bucket")
);
--> statement-breakpoint
CREATE TABLE "api_tokens" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"created_by" text,
	"name" text NOT NULL,
	"prefix" text NOT NULL,
	"hash" text NOT NULL,
	"scopes" text[] NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	"expires_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "memberships" (
	"organization_id" text NOT NULL,
	"user_id" text NOT NULL,
	"role" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "memberships_organization_id_user_id_pk" PRIMARY KEY("organization_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "one_time_tokens" (
	"hash" text PRIMARY KEY NOT NULL,
	"purpose" text NOT NULL,
	"organization_id" text,
	"user_id" text,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "organizations" (
	"id" text PRIMARY KEY NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"plan" text DEFAULT 'self-hosted' NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "organizations_slug_unique" UNIQUE("slug")
);
--> statement-breakpoint
CREATE TABLE "sign_in_attempts" (
	"key" text NOT NULL,
	"window_start" timestamp (3) with time zone NOT NULL,
	"count" integer NOT NULL,
	CONSTRAINT "sign_in_attempts_key_window_start_pk" PRIMARY KEY("key","window_start")
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" text PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"password_hash" text,
	"token_version" integer DEFAULT 1 NOT NULL,
	"disabled_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "bundles" (
	"organization_id" text NOT NULL,
	"sha256" text NOT NULL,
	"main_module" text NOT NULL,
	"modules" "bytea" NOT NULL,
	"bytes" integer NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "bundles_organization_id_sha256_pk" PRIMARY KEY("organization_id","sha256")
);
--> statement-breakpoint
CREATE TABLE "check_runs" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"server_id" text NOT NULL,
	"kind" text NOT NULL,
	"status" text NOT NULL,
	"tool" text,
	"tool_count" integer,
	"duration_ms" real NOT NULL,
	"error" text,
	"result" jsonb NOT NULL,
	"actor" text NOT NULL,
	"request_id" uuid,
	"checked_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "check_runs_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
CREATE TABLE "operations" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"server_id" text NOT NULL,
	"kind" text NOT NULL,
	"state" text NOT NULL,
	"version_id" text,
	"actor" text NOT NULL,
	"steps" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"error" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "operations_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
CREATE TABLE "server_environment" (
	"organization_id" text NOT NULL,
	"server_id" text NOT NULL,
	"name" text NOT NULL,
	"ciphertext" "bytea" NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "server_environment_organization_id_server_id_name_pk" PRIMARY KEY("organization_id","server_id","name")
);
--> statement-breakpoint
CREATE TABLE "server_tools" (
	"organization_id" text NOT NULL,
	"server_id" text NOT NULL,
	"tools" jsonb NOT NULL,
	"tool_count" integer NOT NULL,
	"seen_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "server_tools_organization_id_server_id_pk" PRIMARY KEY("organization_id","server_id")
);
--> statement-breakpoint
CREATE TABLE "server_versions" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"server_id" text NOT NULL,
	"semver" text NOT NULL,
	"sha256" text NOT NULL,
	"created_by" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "server_versions_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
CREATE TABLE "servers" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"kind" text NOT NULL,
	"status" text DEFAULT 'draft' NOT NULL,
	"direct_access" text DEFAULT 'public' NOT NULL,
	"retention_days" integer DEFAULT 7 NOT NULL,
	"upstream_url" text,
	"active_version_id" text,
	"published_at" timestamp (3) with time zone,
	"created_by" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "servers_organization_id_id_pk" PRIMARY KEY("organization_id","id"),
	CONSTRAINT "servers_id_unique" UNIQUE("id")
);
--> statement-breakpoint
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "one_time_tokens" ADD CONSTRAINT "one_time_tokens_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "one_time_tokens" ADD CONSTRAINT "one_time_tokens_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bundles" ADD CONSTRAINT "bundles_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "check_runs" ADD CONSTRAINT "check_runs_organization_id_server_id_servers_organization_id_id_fk" FOREIGN KEY ("organization_id","server_id") REFERENCES "public"."servers"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "operations" ADD CONSTRAINT "operations_organization_id_server_id_servers_organization_id_id_fk" FOREIGN KEY ("organization_id","server_id") REFERENCES "public"."servers"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "server_environment" ADD CONSTRAINT "server_environment_organization_id_server_id_servers_organization_id_id_fk" FOREIGN KEY ("organization_id","server_id") REFERENCES "public"."servers"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "server_tools" ADD CONSTRAINT "server_tools_organization_id_server_id_servers_organization_id_id_fk" FOREIGN KEY ("organization_id","server_id") REFERENCES "public"."servers"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "server_versions" ADD CONSTRAINT "server_versions_organization_id_server_id_servers_organization_id_id_fk" FOREIGN KEY ("organization_id","server_id") REFERENCES "public"."servers"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "server_versions" ADD CONSTRAINT "server_versions_organization_id_sha256_bundles_organization_id_sha256_fk" FOREIGN KEY ("organization_id","sha256") REFERENCES "public"."bundles"("organization_id","sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "servers" ADD CONSTRAINT "servers_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "console_log_server" ON "console_log" USING btree ("server_id","id");--> statement-breakpoint
CREATE INDEX "console_log_server_trouble" ON "console_log" USING btree ("server_id","id") WHERE level >= 2;--> statement-breakpoint
CREATE INDEX "console_log_request" ON "console_log" USING btree ("request_id");--> statement-breakpoint
CREATE INDEX "request_log_server" ON "request_log" USING btree ("server_id","id");--> statement-breakpoint
CREATE INDEX "request_log_server_trouble" ON "request_log" USING btree ("server_id","id") WHERE level >= 2;--> statement-breakpoint
CREATE INDEX "request_log_request" ON "request_log" USING btree ("request_id");--> statement-breakpoint
CREATE UNIQUE INDEX "api_tokens_hash" ON "api_tokens" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "api_tokens_organization" ON "api_tokens" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "memberships_user" ON "memberships" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "users_email" ON "users" USING btree ("email");--> statement-breakpoint
CREATE INDEX "check_runs_server" ON "check_runs" USING btree ("server_id","kind","id");--> statement-breakpoint
CREATE INDEX "operations_server" ON "operations" USING btree ("server_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "operations_running" ON "operations" USING btree ("organization_id","server_id") WHERE state in ('queued', 'running');--> statement-breakpoint
CREATE UNIQUE INDEX "server_versions_semver" ON "server_versions" USING btree ("organization_id","server_id","semver");--> statement-breakpoint
CREATE UNIQUE INDEX "servers_slug" ON "servers" USING btree ("slug") WHERE deleted_at is null;--> statement-breakpoint
CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
--> statement-breakpoint
CREATE TRIGGER "audit_log_append_only" BEFORE UPDATE OR DELETE ON "audit_log" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
