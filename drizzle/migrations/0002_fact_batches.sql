CREATE TABLE "fact_batches" (
	"id" uuid PRIMARY KEY NOT NULL
);
--> statement-breakpoint
ALTER TABLE "request_rollup" ADD COLUMN "stored" bigint DEFAULT 0 NOT NULL;