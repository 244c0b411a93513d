DROP INDEX "alert_deliveries_once";--> statement-breakpoint
ALTER TABLE "alert_deliveries" ADD COLUMN "kind" text DEFAULT 'begun' NOT NULL;--> statement-breakpoint
ALTER TABLE "alerts" ADD COLUMN "ended_as" text;--> statement-breakpoint
CREATE INDEX "alerts_server" ON "alerts" USING btree ("organization_id","server_id","fired_at") WHERE server_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "alert_deliveries_once" ON "alert_deliveries" USING btree ("organization_id","alert_id","channel_id","kind");