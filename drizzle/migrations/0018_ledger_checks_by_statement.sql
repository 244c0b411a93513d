-- The checks of the books look at all rows of a statement at once, as soon as it ends: `ledger_post` writes a transaction,
-- its entries and its balances in one. Plans are made once for a connection, perhaps while the tables are empty: they must
-- find rows by key, however many there will be.
DROP TRIGGER "ledger_entries_balanced" ON "ledger_entries";--> statement-breakpoint
DROP TRIGGER "ledger_accounts_follow_entries" ON "ledger_accounts";--> statement-breakpoint
CREATE OR REPLACE FUNCTION "ledger_check_entry"() RETURNS trigger LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  wrong record;
BEGIN
  SELECT checked.* INTO wrong FROM (
    SELECT n.tx_id, n.kind, n.account_version,
      (SELECT sum(e.amount_micros) FROM ledger_entries e
        WHERE e.organization_id = n.organization_id AND e.tx_id = n.tx_id) = 0 AS is_balanced,
      (SELECT t.id FROM ledger_txs t WHERE t.organization_id = n.organization_id AND t.id = n.tx_id) IS NOT NULL AS has_tx,
      CASE WHEN n.account_version = 1 THEN n.balance_after_micros = n.amount_micros
        ELSE n.balance_after_micros - n.amount_micros IS NOT DISTINCT FROM (
          SELECT p.balance_after_micros FROM ledger_entries p
          WHERE p.organization_id = n.organization_id AND p.kind = n.kind AND p.account_version = n.account_version - 1) END
        AS follows
    FROM new_entries n
  ) checked
  WHERE NOT (is_balanced AND has_tx AND follows)
  LIMIT 1;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  IF NOT wrong.is_balanced THEN
    RAISE EXCEPTION 'The entries of transaction % do not sum to zero.', wrong.tx_id USING ERRCODE = 'LG002';
  END IF;
  IF NOT wrong.has_tx THEN
    RAISE EXCEPTION 'There is no transaction % for this entry.', wrong.tx_id USING ERRCODE = 'LG003';
  END IF;
  RAISE EXCEPTION 'Entry % of account % does not follow the one before it.', wrong.account_version, wrong.kind
    USING ERRCODE = 'LG004';
END $$;--> statement-breakpoint
CREATE TRIGGER "ledger_entries_balanced" AFTER INSERT ON "ledger_entries"
  REFERENCING NEW TABLE AS new_entries FOR EACH STATEMENT EXECUTE FUNCTION "ledger_check_entry"();--> statement-breakpoint
CREATE OR REPLACE FUNCTION "ledger_check_account"() RETURNS trigger LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  wrong text;
BEGIN
  SELECT n.kind INTO wrong FROM new_accounts n
  WHERE NOT (n.version = 0 AND n.balance_micros = 0) AND n.balance_micros IS DISTINCT FROM (
    SELECT e.balance_after_micros FROM ledger_entries e
    WHERE e.organization_id = n.organization_id AND e.kind = n.kind AND e.account_version = n.version)
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'The balance of account % is not the one that its last entry left.', wrong USING ERRCODE = 'LG005';
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "ledger_accounts_follow_entries" AFTER UPDATE ON "ledger_accounts"
  REFERENCING NEW TABLE AS new_accounts FOR EACH STATEMENT EXECUTE FUNCTION "ledger_check_account"();--> statement-breakpoint
CREATE TRIGGER "ledger_accounts_begin_with_entries" AFTER INSERT ON "ledger_accounts"
  REFERENCING NEW TABLE AS new_accounts FOR EACH STATEMENT EXECUTE FUNCTION "ledger_check_account"();--> statement-breakpoint
ALTER FUNCTION "ledger_lock"(text[]) SET enable_seqscan = off;--> statement-breakpoint
ALTER FUNCTION "ledger_post"(jsonb) SET enable_seqscan = off;
