CREATE TABLE "agent_servers" (
	"organization_id" text NOT NULL,
	"agent_id" text NOT NULL,
	"server_id" text NOT NULL,
	"attached_by" text,
	"attached_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "agent_servers_organization_id_agent_id_server_id_pk" PRIMARY KEY("organization_id","agent_id","server_id")
);
--> statement-breakpoint
CREATE TABLE "agents" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"pause_reason" text,
	"paused_at" timestamp (3) with time zone,
	"pause_note" text,
	"monthly_cap_micros" bigint,
	"default_user_cap_micros" bigint,
	"anonymous_user_cap_micros" bigint,
	"session_cap_micros" bigint,
	"user_caps" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"on_unavailable" text DEFAULT 'deny' NOT NULL,
	"loop_calls_per_minute_max" integer DEFAULT 60,
	"alert_thresholds" integer[] DEFAULT '{50,80,95,100}' NOT NULL,
	"created_by" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "agents_organization_id_id_pk" PRIMARY KEY("organization_id","id"),
	CONSTRAINT "agents_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "alert_channels" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"target" text NOT NULL,
	"secret" "bytea",
	"is_on" boolean DEFAULT true NOT NULL,
	"created_by" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "alert_channels_organization_id_id_pk" PRIMARY KEY("organization_id","id"),
	CONSTRAINT "alert_channels_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "alert_deliveries" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"alert_id" text NOT NULL,
	"channel_id" text NOT NULL,
	"status" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"message" text,
	"next_attempt_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "alert_deliveries_organization_id_id_pk" PRIMARY KEY("organization_id","id"),
	CONSTRAINT "alert_deliveries_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "alerts" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"rule" text NOT NULL,
	"scope" text NOT NULL,
	"threshold" integer NOT NULL,
	"period_start" timestamp (3) with time zone NOT NULL,
	"severity" text NOT NULL,
	"title" text NOT NULL,
	"detail" text NOT NULL,
	"path" text NOT NULL,
	"fired_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "alerts_organization_id_id_pk" PRIMARY KEY("organization_id","id"),
	CONSTRAINT "alerts_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "billing_settings" (
	"organization_id" text PRIMARY KEY NOT NULL,
	"customer_ref" text,
	"payment_method_ref" text,
	"payment_methods" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"payment_method_fingerprint" text,
	"alert_thresholds" integer[] DEFAULT '{50,80,95,100}' NOT NULL,
	"top_up_is_on" boolean DEFAULT false NOT NULL,
	"top_up_threshold_micros" bigint,
	"top_up_amount_usd" integer,
	"top_up_monthly_max_usd" integer,
	"top_up_failures" integer DEFAULT 0 NOT NULL,
	"top_up_stopped_at" timestamp (3) with time zone,
	"top_up_stop_reason" text,
	"top_up_resumed_at" timestamp (3) with time zone,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "billing_settings_customer_ref_unique" UNIQUE("customer_ref")
);
--> statement-breakpoint
CREATE TABLE "checkout_sessions" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"provider_ref" text,
	"amount_micros" bigint NOT NULL,
	"status" text NOT NULL,
	"url" text,
	"payment_id" text,
	"created_by" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "checkout_sessions_organization_id_id_pk" PRIMARY KEY("organization_id","id"),
	CONSTRAINT "checkout_sessions_id_unique" UNIQUE("id"),
	CONSTRAINT "checkout_sessions_provider_ref_unique" UNIQUE("provider_ref")
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"organization_id" text NOT NULL,
	"actor" text NOT NULL,
	"verb" text NOT NULL,
	"key" text NOT NULL,
	"hash" "bytea" NOT NULL,
	"value" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_keys_organization_id_actor_verb_key_pk" PRIMARY KEY("organization_id","actor","verb","key")
);
--> statement-breakpoint
CREATE TABLE "payment_events" (
	"provider" text NOT NULL,
	"event_id" text NOT NULL,
	"organization_id" text,
	"type" text NOT NULL,
	"object_id" text,
	"payload" jsonb NOT NULL,
	"state" text NOT NULL,
	"message" text,
	"attempts" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "payment_events_provider_event_id_pk" PRIMARY KEY("provider","event_id")
);
--> statement-breakpoint
CREATE TABLE "payments" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"provider_ref" text NOT NULL,
	"origin" text NOT NULL,
	"granted_micros" bigint DEFAULT 0 NOT NULL,
	"grant_id" text,
	"refunds" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"refunded_micros" bigint DEFAULT 0 NOT NULL,
	"disputes" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"target_micros" bigint DEFAULT 0 NOT NULL,
	"posted_micros" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "payments_organization_id_id_pk" PRIMARY KEY("organization_id","id"),
	CONSTRAINT "payments_id_unique" UNIQUE("id"),
	CONSTRAINT "payments_provider_ref_unique" UNIQUE("provider_ref")
);
--> statement-breakpoint
CREATE TABLE "plan_versions" (
	"plan" text NOT NULL,
	"version" integer NOT NULL,
	"name" text NOT NULL,
	"caps" jsonb NOT NULL,
	"per_call_micros" bigint NOT NULL,
	"per_100ms_micros" bigint NOT NULL,
	"per_64kib_micros" bigint NOT NULL,
	"effective_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "plan_versions_plan_version_pk" PRIMARY KEY("plan","version")
);
--> statement-breakpoint
CREATE TABLE "top_up_attempts" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"amount_usd" integer NOT NULL,
	"provider_ref" text,
	"status" text NOT NULL,
	"message" text,
	"started_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "top_up_attempts_organization_id_id_pk" PRIMARY KEY("organization_id","id"),
	CONSTRAINT "top_up_attempts_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "usage_rollup" (
	"organization_id" text NOT NULL,
	"hour" timestamp (3) with time zone NOT NULL,
	"server_id" text NOT NULL,
	"tool" text NOT NULL,
	"agent_id" text NOT NULL,
	"client" text NOT NULL,
	"source" text NOT NULL,
	"region" text NOT NULL,
	"outcome" text NOT NULL,
	"duration_bucket" smallint NOT NULL,
	"calls" bigint NOT NULL,
	"request_bytes" bigint NOT NULL,
	"response_bytes" bigint NOT NULL,
	"duration_ms_sum" double precision NOT NULL,
	"duration_ms_max" real NOT NULL,
	"request_bytes_max" bigint NOT NULL,
	"response_bytes_max" bigint NOT NULL,
	CONSTRAINT "usage_rollup_pk" PRIMARY KEY("organization_id","hour","server_id","tool","agent_id","client","source","region","outcome","duration_bucket")
);
--> statement-breakpoint
CREATE TABLE "budget_spend" (
	"organization_id" text NOT NULL,
	"scope_kind" text NOT NULL,
	"scope_id" text NOT NULL,
	"period" text NOT NULL,
	"agent_id" text NOT NULL,
	"spent_micros" bigint DEFAULT 0 NOT NULL,
	"leased_micros" bigint DEFAULT 0 NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "budget_spend_organization_id_scope_kind_scope_id_period_pk" PRIMARY KEY("organization_id","scope_kind","scope_id","period"),
	CONSTRAINT "budget_spend_natural" CHECK (spent_micros >= 0 and leased_micros >= 0)
);
--> statement-breakpoint
CREATE TABLE "credit_grants" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"kind" text NOT NULL,
	"priority" smallint NOT NULL,
	"effective_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"amount_micros" bigint NOT NULL,
	"remaining_micros" bigint NOT NULL,
	"tx_id" uuid NOT NULL,
	"payment_id" text,
	"voided_at" timestamp (3) with time zone,
	"reason" text,
	"created_by" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "credit_grants_organization_id_id_pk" PRIMARY KEY("organization_id","id"),
	CONSTRAINT "credit_grants_id_unique" UNIQUE("id"),
	CONSTRAINT "credit_grants_remaining" CHECK (remaining_micros >= 0 and remaining_micros <= amount_micros),
	CONSTRAINT "credit_grants_amount" CHECK (amount_micros > 0)
);
--> statement-breakpoint
CREATE TABLE "grant_uses" (
	"organization_id" text NOT NULL,
	"tx_id" uuid NOT NULL,
	"grant_id" text NOT NULL,
	"purpose" text NOT NULL,
	"amount_micros" bigint NOT NULL,
	CONSTRAINT "grant_uses_organization_id_tx_id_grant_id_purpose_pk" PRIMARY KEY("organization_id","tx_id","grant_id","purpose")
);
--> statement-breakpoint
CREATE TABLE "leases" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"scope_kind" text NOT NULL,
	"scope_id" text NOT NULL,
	"period" text NOT NULL,
	"node" text NOT NULL,
	"epoch" text NOT NULL,
	"amount_micros" bigint NOT NULL,
	"settled_micros" bigint DEFAULT 0 NOT NULL,
	"granted_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"state" text DEFAULT 'live' NOT NULL,
	CONSTRAINT "leases_organization_id_id_pk" PRIMARY KEY("organization_id","id"),
	CONSTRAINT "leases_id_unique" UNIQUE("id"),
	CONSTRAINT "leases_amount" CHECK (amount_micros >= 0 and settled_micros >= 0 and settled_micros <= amount_micros)
);
--> statement-breakpoint
CREATE TABLE "ledger_accounts" (
	"organization_id" text NOT NULL,
	"kind" text NOT NULL,
	"balance_micros" bigint DEFAULT 0 NOT NULL,
	"version" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "ledger_accounts_organization_id_kind_pk" PRIMARY KEY("organization_id","kind"),
	CONSTRAINT "ledger_accounts_floor" CHECK (kind not in ('available', 'held', 'consumed', 'expired', 'refunded') or balance_micros >= 0),
	CONSTRAINT "ledger_accounts_debt" CHECK (kind <> 'debt' or balance_micros <= 0)
);
--> statement-breakpoint
CREATE TABLE "ledger_entries" (
	"organization_id" text NOT NULL,
	"tx_id" uuid NOT NULL,
	"line" smallint NOT NULL,
	"kind" text NOT NULL,
	"amount_micros" bigint NOT NULL,
	"account_version" bigint NOT NULL,
	"balance_after_micros" bigint NOT NULL,
	CONSTRAINT "ledger_entries_organization_id_tx_id_line_pk" PRIMARY KEY("organization_id","tx_id","line"),
	CONSTRAINT "ledger_entries_amount" CHECK (amount_micros <> 0)
);
--> statement-breakpoint
CREATE TABLE "ledger_txs" (
	"organization_id" text NOT NULL,
	"id" uuid NOT NULL,
	"type" text NOT NULL,
	"amount_micros" bigint NOT NULL,
	"balance_after_micros" bigint NOT NULL,
	"idem_key" text NOT NULL,
	"idem_hash" "bytea" NOT NULL,
	"source_kind" text NOT NULL,
	"source_id" text,
	"reverses_tx_id" uuid,
	"agent_id" text,
	"event_count" integer DEFAULT 0 NOT NULL,
	"price_version" text,
	"actor" text NOT NULL,
	"reason" text,
	"effective_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "ledger_txs_organization_id_id_pk" PRIMARY KEY("organization_id","id"),
	CONSTRAINT "ledger_txs_reverses_tx_id_unique" UNIQUE("reverses_tx_id")
);
--> statement-breakpoint
CREATE TABLE "reconciliation_runs" (
	"organization_id" text NOT NULL,
	"id" uuid NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"duration_ms" integer NOT NULL,
	"status" text NOT NULL,
	"drift_micros" bigint NOT NULL,
	"checks" jsonb NOT NULL,
	"watermark" jsonb,
	CONSTRAINT "reconciliation_runs_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
CREATE TABLE "spend_rollup" (
	"organization_id" text NOT NULL,
	"hour" timestamp (3) with time zone NOT NULL,
	"server_id" text NOT NULL,
	"tool" text NOT NULL,
	"agent_id" text NOT NULL,
	"client" text NOT NULL,
	"source" text NOT NULL,
	"region" text NOT NULL,
	"outcome" text NOT NULL,
	"events" bigint NOT NULL,
	"amount_micros" bigint NOT NULL,
	CONSTRAINT "spend_rollup_pk" PRIMARY KEY("organization_id","hour","server_id","tool","agent_id","client","source","region","outcome")
);
--> statement-breakpoint
CREATE TABLE "usage_events" (
	"id" uuid NOT NULL,
	"organization_id" text NOT NULL,
	"kind" text NOT NULL,
	"request_id" uuid,
	"server_id" text,
	"tool" text,
	"agent_id" text,
	"client" text,
	"source" text NOT NULL,
	"region" text NOT NULL,
	"end_user" text,
	"agent_session" text,
	"description" text,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	"counted_at" timestamp (3) with time zone NOT NULL,
	"call_units" integer NOT NULL,
	"hundred_ms_units" integer NOT NULL,
	"kib64_units" integer NOT NULL,
	"price_version" text,
	"amount_micros" bigint NOT NULL,
	"tx_id" uuid NOT NULL,
	"period" text,
	CONSTRAINT "usage_events_organization_id_id_pk" PRIMARY KEY("organization_id","id")
) PARTITION BY RANGE ("id");
--> statement-breakpoint
CREATE TABLE "usage_events_default" PARTITION OF "usage_events" DEFAULT;
--> statement-breakpoint
ALTER TABLE "request_log" ADD COLUMN "end_user" text;--> statement-breakpoint
ALTER TABLE "request_log" ADD COLUMN "agent_session" text;--> statement-breakpoint
ALTER TABLE "request_log" ADD COLUMN "billing" text;--> statement-breakpoint
ALTER TABLE "request_log" ADD COLUMN "amount_micros" bigint;--> statement-breakpoint
ALTER TABLE "access_keys" ADD COLUMN "agent_id" text;--> statement-breakpoint
ALTER TABLE "access_keys" ADD COLUMN "use" text DEFAULT 'external' NOT NULL;--> statement-breakpoint
ALTER TABLE "agent_servers" ADD CONSTRAINT "agent_servers_organization_id_agent_id_agents_organization_id_id_fk" FOREIGN KEY ("organization_id","agent_id") REFERENCES "public"."agents"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agent_servers" ADD CONSTRAINT "agent_servers_organization_id_server_id_servers_organization_id_id_fk" FOREIGN KEY ("organization_id","server_id") REFERENCES "public"."servers"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agents" ADD CONSTRAINT "agents_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_channels" ADD CONSTRAINT "alert_channels_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing_settings" ADD CONSTRAINT "billing_settings_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "checkout_sessions" ADD CONSTRAINT "checkout_sessions_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credit_grants" ADD CONSTRAINT "credit_grants_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_accounts" ADD CONSTRAINT "ledger_accounts_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "agent_servers_server" ON "agent_servers" USING btree ("server_id");--> statement-breakpoint
CREATE UNIQUE INDEX "agents_name" ON "agents" USING btree ("organization_id",lower("name")) WHERE deleted_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "alert_deliveries_once" ON "alert_deliveries" USING btree ("organization_id","alert_id","channel_id");--> statement-breakpoint
CREATE INDEX "alert_deliveries_due" ON "alert_deliveries" USING btree ("next_attempt_at") WHERE status = 'waiting';--> statement-breakpoint
CREATE UNIQUE INDEX "alerts_once" ON "alerts" USING btree ("organization_id","rule","scope","threshold","period_start");--> statement-breakpoint
CREATE INDEX "idempotency_keys_age" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "payment_events_waiting" ON "payment_events" USING btree ("received_at") WHERE state in ('waiting', 'failed');--> statement-breakpoint
CREATE INDEX "payment_events_organization" ON "payment_events" USING btree ("organization_id","received_at");--> statement-breakpoint
CREATE UNIQUE INDEX "top_up_attempts_pending" ON "top_up_attempts" USING btree ("organization_id") WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX "usage_rollup_agent" ON "usage_rollup" USING btree ("organization_id","agent_id","hour");--> statement-breakpoint
CREATE INDEX "budget_spend_agent" ON "budget_spend" USING btree ("organization_id","agent_id","period");--> statement-breakpoint
CREATE INDEX "credit_grants_open" ON "credit_grants" USING btree ("organization_id") WHERE remaining_micros > 0;--> statement-breakpoint
CREATE INDEX "credit_grants_expiry" ON "credit_grants" USING btree ("expires_at") WHERE remaining_micros > 0 and expires_at is not null;--> statement-breakpoint
CREATE INDEX "grant_uses_grant" ON "grant_uses" USING btree ("organization_id","grant_id");--> statement-breakpoint
CREATE UNIQUE INDEX "leases_of_node" ON "leases" USING btree ("organization_id","scope_kind","scope_id","period","epoch") WHERE state = 'live';--> statement-breakpoint
CREATE INDEX "leases_live" ON "leases" USING btree ("expires_at") WHERE state = 'live';--> statement-breakpoint
CREATE INDEX "leases_ended" ON "leases" USING btree ("expires_at") WHERE state = 'closed';--> statement-breakpoint
CREATE UNIQUE INDEX "ledger_entries_version" ON "ledger_entries" USING btree ("organization_id","kind","account_version");--> statement-breakpoint
CREATE UNIQUE INDEX "ledger_txs_idem" ON "ledger_txs" USING btree ("organization_id","idem_key");--> statement-breakpoint
CREATE INDEX "ledger_txs_shown" ON "ledger_txs" USING btree ("organization_id","id") WHERE type not in ('lease', 'release');--> statement-breakpoint
CREATE INDEX "ledger_txs_agent" ON "ledger_txs" USING btree ("organization_id","agent_id","id") WHERE agent_id is not null;--> statement-breakpoint
CREATE INDEX "ledger_txs_payment" ON "ledger_txs" USING btree ("organization_id","source_id") WHERE source_kind = 'payment';--> statement-breakpoint
CREATE INDEX "spend_rollup_agent" ON "spend_rollup" USING btree ("organization_id","agent_id","hour");--> statement-breakpoint
CREATE INDEX "usage_events_tx" ON "usage_events" USING btree ("organization_id","tx_id");--> statement-breakpoint
CREATE INDEX "usage_events_request" ON "usage_events" USING btree ("request_id");--> statement-breakpoint
CREATE INDEX "usage_events_late" ON "usage_events" USING btree ("organization_id","counted_at") WHERE counted_at - occurred_at > interval '1 hour';--> statement-breakpoint
CREATE INDEX "access_keys_agent" ON "access_keys" USING btree ("agent_id");
--> statement-breakpoint
INSERT INTO "plan_versions" ("plan", "version", "name", "caps", "per_call_micros", "per_100ms_micros", "per_64kib_micros", "effective_at") VALUES
	('self-hosted', 1, 'Self-hosted', '{"toolCallDurationMsMax":120000,"requestBytesMax":4194304,"responseBytesMax":33554432,"hostedServersMax":1000,"retentionDaysMax":90,"viewersMax":10}', 0, 0, 0, '2026-01-01T00:00:00Z'),
	('metered', 1, 'Metered', '{"toolCallDurationMsMax":30000,"requestBytesMax":4194304,"responseBytesMax":8388608,"hostedServersMax":25,"retentionDaysMax":30,"viewersMax":10}', 100, 5, 10, '2026-01-01T00:00:00Z');
