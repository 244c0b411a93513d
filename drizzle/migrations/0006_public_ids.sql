CREATE TABLE "public_ids" (
	"public_id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"first_used_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "public_ids" ADD CONSTRAINT "public_ids_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
INSERT INTO "public_ids" ("public_id", "organization_id", "first_used_at") SELECT "public_id", "organization_id", "attached_at" FROM "gateway_servers";