ALTER TABLE "reconciliation_runs" ADD COLUMN "watermark" jsonb;--> statement-breakpoint
ALTER TABLE "usage_events" ADD COLUMN "period" text;