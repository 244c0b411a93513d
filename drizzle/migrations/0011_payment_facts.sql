ALTER TABLE "billing_settings" ADD COLUMN "payment_methods" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "target_micros" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "payment_events_organization" ON "payment_events" USING btree ("organization_id","received_at");--> statement-breakpoint
CREATE UNIQUE INDEX "top_up_attempts_pending" ON "top_up_attempts" USING btree ("organization_id") WHERE status = 'pending';