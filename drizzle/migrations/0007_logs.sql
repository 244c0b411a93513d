CREATE TABLE "log_counts" (
	"organization_id" text NOT NULL,
	"server_id" text NOT NULL,
	"log" text NOT NULL,
	"span_minutes" smallint NOT NULL,
	"start" timestamp (3) with time zone NOT NULL,
	"level" smallint NOT NULL,
	"rows" bigint NOT NULL,
	CONSTRAINT "log_counts_pk" PRIMARY KEY("organization_id","server_id","log","span_minutes","start","level")
);
--> statement-breakpoint
CREATE TABLE "request_bodies" (
	"id" uuid NOT NULL,
	"organization_id" text NOT NULL,
	"server_id" text NOT NULL,
	"request" text,
	"response" text,
	"request_bytes" bigint NOT NULL,
	"response_bytes" bigint NOT NULL,
	CONSTRAINT "request_bodies_organization_id_id_pk" PRIMARY KEY("organization_id","id")
) PARTITION BY RANGE ("id");
--> statement-breakpoint
CREATE TABLE "request_bodies_default" PARTITION OF "request_bodies" DEFAULT;
--> statement-breakpoint
CREATE TABLE "upstream_calls" (
	"id" uuid NOT NULL,
	"organization_id" text NOT NULL,
	"server_id" text NOT NULL,
	"version_id" text,
	"request_id" uuid,
	"level" smallint NOT NULL,
	"outcome" text NOT NULL,
	"method" text NOT NULL,
	"url" text NOT NULL,
	"http_status" smallint,
	"error" text,
	"duration_ms" real NOT NULL,
	"request_bytes" bigint NOT NULL,
	"response_bytes" bigint NOT NULL,
	"written_tx" bigint DEFAULT (pg_current_xact_id()::text::bigint) NOT NULL,
	CONSTRAINT "upstream_calls_organization_id_id_pk" PRIMARY KEY("organization_id","id")
) PARTITION BY RANGE ("id");
--> statement-breakpoint
CREATE TABLE "upstream_calls_default" PARTITION OF "upstream_calls" DEFAULT;
--> statement-breakpoint
CREATE TABLE "log_drain_cursors" (
	"organization_id" text NOT NULL,
	"drain_id" text NOT NULL,
	"log" text NOT NULL,
	"written_tx" bigint NOT NULL,
	"row_id" uuid NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "log_drain_cursors_organization_id_drain_id_log_pk" PRIMARY KEY("organization_id","drain_id","log")
);
--> statement-breakpoint
CREATE TABLE "log_drain_dead_letters" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"drain_id" text NOT NULL,
	"log" text NOT NULL,
	"row_ids" uuid[] NOT NULL,
	"reason" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "log_drain_dead_letters_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
CREATE TABLE "log_drains" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"url" text NOT NULL,
	"headers" "bytea",
	"header_names" text[] DEFAULT '{}' NOT NULL,
	"logs" text[] NOT NULL,
	"server_ids" text[],
	"level_min" smallint DEFAULT 0 NOT NULL,
	"is_enabled" boolean DEFAULT true NOT NULL,
	"created_by" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	"last_delivered_at" timestamp (3) with time zone,
	"last_error" text,
	"last_error_at" timestamp (3) with time zone,
	"failures_in_row" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone,
	"delivered_rows" bigint DEFAULT 0 NOT NULL,
	"dead_rows" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "log_drains_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
CREATE TABLE "saved_views" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"server_id" text NOT NULL,
	"log" text NOT NULL,
	"name" text NOT NULL,
	"query" text NOT NULL,
	"is_shared" boolean DEFAULT false NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "saved_views_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "console_log" ADD COLUMN "written_tx" bigint DEFAULT (pg_current_xact_id()::text::bigint) NOT NULL;--> statement-breakpoint
ALTER TABLE "request_log" ADD COLUMN "written_tx" bigint DEFAULT (pg_current_xact_id()::text::bigint) NOT NULL;--> statement-breakpoint
ALTER TABLE "edge_nodes" ADD COLUMN "canary" jsonb;--> statement-breakpoint
ALTER TABLE "servers" ADD COLUMN "record_bodies" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "log_drain_cursors" ADD CONSTRAINT "log_drain_cursors_organization_id_drain_id_log_drains_organization_id_id_fk" FOREIGN KEY ("organization_id","drain_id") REFERENCES "public"."log_drains"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "log_drain_dead_letters" ADD CONSTRAINT "log_drain_dead_letters_organization_id_drain_id_log_drains_organization_id_id_fk" FOREIGN KEY ("organization_id","drain_id") REFERENCES "public"."log_drains"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "log_drains" ADD CONSTRAINT "log_drains_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "saved_views" ADD CONSTRAINT "saved_views_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "request_bodies_server" ON "request_bodies" USING btree ("server_id","id");--> statement-breakpoint
CREATE INDEX "upstream_calls_server" ON "upstream_calls" USING btree ("server_id","id");--> statement-breakpoint
CREATE INDEX "upstream_calls_request" ON "upstream_calls" USING btree ("request_id");--> statement-breakpoint
CREATE INDEX "upstream_calls_written" ON "upstream_calls" USING brin ("written_tx");--> statement-breakpoint
CREATE INDEX "log_drain_dead_letters_drain" ON "log_drain_dead_letters" USING btree ("organization_id","drain_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "log_drains_name" ON "log_drains" USING btree ("organization_id",lower("name")) WHERE deleted_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "saved_views_name" ON "saved_views" USING btree ("organization_id","server_id","log","created_by",lower("name"));--> statement-breakpoint
CREATE INDEX "console_log_written" ON "console_log" USING brin ("written_tx");--> statement-breakpoint
CREATE INDEX "request_log_session" ON "request_log" USING btree ("server_id","session_hash","id") WHERE session_hash is not null;--> statement-breakpoint
CREATE INDEX "request_log_written" ON "request_log" USING brin ("written_tx");--> statement-breakpoint
INSERT INTO "log_counts" ("organization_id", "server_id", "log", "span_minutes", "start", "level", "rows")
SELECT organization_id, server_id, log, span_minutes,
	date_bin(span_minutes * interval '1 minute', at, timestamptz '2000-01-01 00:00:00+00'), level, count(*)
FROM (
	SELECT organization_id, server_id, 'requests' AS log, level,
		to_timestamp(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / 1000.0) AS at
	FROM request_log
	UNION ALL
	SELECT organization_id, server_id, 'console', level,
		to_timestamp(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / 1000.0)
	FROM console_log
) logged CROSS JOIN (VALUES (15), (60), (1440)) spans(span_minutes)
GROUP BY 1, 2, 3, 4, 5, 6;
