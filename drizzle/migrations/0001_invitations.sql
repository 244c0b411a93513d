ALTER TABLE "one_time_tokens" ADD COLUMN "id" text;--> statement-breakpoint
ALTER TABLE "one_time_tokens" ADD COLUMN "email" text;--> statement-breakpoint
ALTER TABLE "one_time_tokens" ADD COLUMN "name" text;--> statement-breakpoint
ALTER TABLE "one_time_tokens" ADD COLUMN "role" text;--> statement-breakpoint
ALTER TABLE "one_time_tokens" ADD COLUMN "created_by" text;--> statement-breakpoint
ALTER TABLE "one_time_tokens" ADD CONSTRAINT "one_time_tokens_id_unique" UNIQUE("id");