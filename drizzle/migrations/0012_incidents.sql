CREATE TABLE "alert_rule_settings" (
	"organization_id" text NOT NULL,
	"rule" text NOT NULL,
	"is_on" boolean DEFAULT true NOT NULL,
	"settings" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"updated_by" text,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "alert_rule_settings_organization_id_rule_pk" PRIMARY KEY("organization_id","rule")
);
--> statement-breakpoint
CREATE TABLE "incident_events" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"incident_id" text NOT NULL,
	"kind" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"actor" text,
	"text" text NOT NULL,
	"stage" text,
	"path" text,
	"subject_id" text,
	CONSTRAINT "incident_events_organization_id_id_pk" PRIMARY KEY("organization_id","id"),
	CONSTRAINT "incident_events_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "incident_evidence" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"incident_id" text NOT NULL,
	"evidence" "bytea" NOT NULL,
	"diagnosis" text NOT NULL,
	"sha256" text NOT NULL,
	"collected_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "incident_evidence_organization_id_id_pk" PRIMARY KEY("organization_id","id"),
	CONSTRAINT "incident_evidence_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "incident_shares" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"incident_id" text NOT NULL,
	"token_hash" text NOT NULL,
	"created_by" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "incident_shares_organization_id_id_pk" PRIMARY KEY("organization_id","id"),
	CONSTRAINT "incident_shares_id_unique" UNIQUE("id"),
	CONSTRAINT "incident_shares_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "incidents" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"number" integer NOT NULL,
	"title" text NOT NULL,
	"status" text DEFAULT 'open' NOT NULL,
	"severity" text NOT NULL,
	"origin" text NOT NULL,
	"symptom" text,
	"server_id" text,
	"agent_id" text,
	"tool" text,
	"client" text,
	"request_id" text,
	"at" timestamp (3) with time zone NOT NULL,
	"window_from" timestamp (3) with time zone NOT NULL,
	"window_to" timestamp (3) with time zone NOT NULL,
	"dedup_key" text,
	"owner_id" text,
	"merged_into" text,
	"diagnosis_status" text DEFAULT 'pending' NOT NULL,
	"headline" text DEFAULT '' NOT NULL,
	"verdict" text,
	"override" jsonb,
	"green_checks" integer,
	"rechecked_at" timestamp (3) with time zone,
	"opened_by" text NOT NULL,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"resolved_at" timestamp (3) with time zone,
	"resolution" text,
	CONSTRAINT "incidents_organization_id_id_pk" PRIMARY KEY("organization_id","id"),
	CONSTRAINT "incidents_id_unique" UNIQUE("id")
);
--> statement-breakpoint
ALTER TABLE "alerts" ADD COLUMN "server_id" text;--> statement-breakpoint
ALTER TABLE "alerts" ADD COLUMN "resolved_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "alerts" ADD COLUMN "incident_id" text;--> statement-breakpoint
ALTER TABLE "alert_rule_settings" ADD CONSTRAINT "alert_rule_settings_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incident_events" ADD CONSTRAINT "incident_events_organization_id_incident_id_incidents_organization_id_id_fk" FOREIGN KEY ("organization_id","incident_id") REFERENCES "public"."incidents"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incident_evidence" ADD CONSTRAINT "incident_evidence_organization_id_incident_id_incidents_organization_id_id_fk" FOREIGN KEY ("organization_id","incident_id") REFERENCES "public"."incidents"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incident_shares" ADD CONSTRAINT "incident_shares_organization_id_incident_id_incidents_organization_id_id_fk" FOREIGN KEY ("organization_id","incident_id") REFERENCES "public"."incidents"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incidents" ADD CONSTRAINT "incidents_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "incident_events_incident" ON "incident_events" USING btree ("incident_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "incident_events_once" ON "incident_events" USING btree ("organization_id","incident_id","kind","subject_id") WHERE subject_id is not null;--> statement-breakpoint
CREATE INDEX "incident_evidence_incident" ON "incident_evidence" USING btree ("incident_id","id");--> statement-breakpoint
CREATE INDEX "incident_shares_incident" ON "incident_shares" USING btree ("incident_id");--> statement-breakpoint
CREATE UNIQUE INDEX "incidents_number" ON "incidents" USING btree ("organization_id","number");--> statement-breakpoint
CREATE UNIQUE INDEX "incidents_once" ON "incidents" USING btree ("organization_id","dedup_key") WHERE dedup_key is not null and status in ('open', 'investigating');--> statement-breakpoint
CREATE INDEX "incidents_open" ON "incidents" USING btree ("updated_at") WHERE status in ('open', 'investigating');--> statement-breakpoint
CREATE INDEX "incidents_server" ON "incidents" USING btree ("organization_id","server_id","id");--> statement-breakpoint
CREATE INDEX "alerts_unclaimed" ON "alerts" USING btree ("fired_at") WHERE incident_id is null;--> statement-breakpoint
CREATE INDEX "alerts_incident" ON "alerts" USING btree ("incident_id");