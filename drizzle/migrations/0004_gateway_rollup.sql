CREATE TABLE "gateway_rollup" (
	"organization_id" text NOT NULL,
	"gateway_id" text NOT NULL,
	"hour" timestamp (3) with time zone NOT NULL,
	"decision" text NOT NULL,
	"calls" bigint NOT NULL,
	CONSTRAINT "gateway_rollup_pk" PRIMARY KEY("organization_id","gateway_id","hour","decision")
);
--> statement-breakpoint
CREATE INDEX "request_log_gateway_denied" ON "request_log" USING btree ("gateway_id","id") WHERE gateway_id is not null and decision <> 'allowed';--> statement-breakpoint
CREATE UNIQUE INDEX "gateways_name" ON "gateways" USING btree ("organization_id",lower("name")) WHERE deleted_at is null;