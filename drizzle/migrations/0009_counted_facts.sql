-- What was remembered were batches; from now on it is each fact that was counted without a row.
ALTER TABLE "fact_batches" RENAME TO "counted_facts";--> statement-breakpoint
ALTER INDEX "fact_batches_pkey" RENAME TO "counted_facts_pkey";
