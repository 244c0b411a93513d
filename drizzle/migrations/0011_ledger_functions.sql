-- What the database itself promises about the books. Rows of the ledger never change, each transaction sums to zero, the
-- versions of an account have no gap, and a balance is always the one that its last entry left.
ALTER TABLE "ledger_accounts" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);--> statement-breakpoint
ALTER TABLE "leases" SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);--> statement-breakpoint
ALTER TABLE "budget_spend" SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);--> statement-breakpoint
ALTER TABLE "credit_grants" SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);--> statement-breakpoint
CREATE FUNCTION "ledger_refuse"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: its rows never change. Post a transaction that corrects them.', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'LG001';
END $$;--> statement-breakpoint
CREATE TRIGGER "ledger_txs_never_change" BEFORE UPDATE OR DELETE OR TRUNCATE ON "ledger_txs"
  FOR EACH STATEMENT EXECUTE FUNCTION "ledger_refuse"();--> statement-breakpoint
CREATE TRIGGER "ledger_entries_never_change" BEFORE UPDATE OR DELETE OR TRUNCATE ON "ledger_entries"
  FOR EACH STATEMENT EXECUTE FUNCTION "ledger_refuse"();--> statement-breakpoint
CREATE TRIGGER "plan_versions_never_change" BEFORE UPDATE OR DELETE OR TRUNCATE ON "plan_versions"
  FOR EACH STATEMENT EXECUTE FUNCTION "ledger_refuse"();--> statement-breakpoint
CREATE TRIGGER "ledger_accounts_stay" BEFORE DELETE OR TRUNCATE ON "ledger_accounts"
  FOR EACH STATEMENT EXECUTE FUNCTION "ledger_refuse"();--> statement-breakpoint
CREATE TRIGGER "grant_uses_never_change" BEFORE UPDATE OR DELETE OR TRUNCATE ON "grant_uses"
  FOR EACH STATEMENT EXECUTE FUNCTION "ledger_refuse"();--> statement-breakpoint
REVOKE UPDATE, DELETE, TRUNCATE ON "ledger_txs", "ledger_entries", "plan_versions", "grant_uses" FROM PUBLIC;--> statement-breakpoint
REVOKE UPDATE, DELETE, TRUNCATE ON "ledger_txs", "ledger_entries", "plan_versions", "grant_uses" FROM CURRENT_USER;--> statement-breakpoint
-- The checks of the books look at all rows of a statement at once, as soon as it ends: `ledger_post` writes a transaction,
-- its entries and its balances in one. Plans are made once for a connection, perhaps while the tables are empty: they must
-- find rows by key, however many there will be.
-- A plan for any organization takes one with few transactions for granted, and then any index that begins with the
-- organization is as good as the right one: it would read all transactions of the organization for each new one. The first
-- row in the order of the right index has no other way to be found.
CREATE FUNCTION "ledger_check_entry"() RETURNS trigger LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  wrong record;
BEGIN
  SELECT checked.* INTO wrong FROM (
    SELECT n.tx_id, n.kind, n.account_version,
      (SELECT sum(e.amount_micros) FROM ledger_entries e
        WHERE e.organization_id = n.organization_id AND e.tx_id = n.tx_id) = 0 AS is_balanced,
      coalesce((SELECT t.organization_id = n.organization_id AND t.id = n.tx_id FROM ledger_txs t
        WHERE (t.organization_id, t.id) >= (n.organization_id, n.tx_id)
        ORDER BY t.organization_id, t.id LIMIT 1), false) AS has_tx,
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
CREATE FUNCTION "ledger_check_account"() RETURNS trigger LANGUAGE plpgsql
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
-- Opens the books of organizations for one transaction: who else wants them waits. Makes accounts that are missing. The
-- row of `available` stands for all of an organization's accounts; organizations are locked in the order of their ids.
CREATE FUNCTION "ledger_lock"(organizations text[]) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  locked integer;
BEGIN
  PERFORM FROM ledger_accounts a
  WHERE a.organization_id = ANY(ledger_lock.organizations) AND a.kind = 'available'
  ORDER BY a.organization_id FOR UPDATE;
  GET DIAGNOSTICS locked = ROW_COUNT;
  IF locked = cardinality(ledger_lock.organizations) THEN
    RETURN;
  END IF;
  INSERT INTO ledger_accounts (organization_id, kind)
  SELECT o.id, k.kind
  FROM organizations o, unnest(array['adjustment', 'available', 'consumed', 'debt', 'expired', 'granted', 'held',
    'payments', 'refunded']) AS k(kind)
  WHERE o.id = ANY(ledger_lock.organizations) AND NOT EXISTS (
    SELECT FROM ledger_accounts a WHERE a.organization_id = o.id AND a.kind = k.kind)
  ORDER BY o.id, k.kind
  ON CONFLICT DO NOTHING;
  PERFORM FROM ledger_accounts a
  WHERE a.organization_id = ANY(ledger_lock.organizations) AND a.kind = 'available'
  ORDER BY a.organization_id FOR UPDATE;
END $$;--> statement-breakpoint
-- Posts transactions in their order: locks the books, moves the balances, writes the transaction with its entries. A key
-- that was used before answers the transaction that used it; with another hash nothing is posted and LG422 is raised.
CREATE FUNCTION "ledger_post"(txs jsonb)
RETURNS TABLE (tx_id uuid, is_new boolean, balance_after_micros bigint) LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  draft record;
  known record;
  expected integer;
  posted integer;
BEGIN
  PERFORM ledger_lock(ARRAY(SELECT DISTINCT t ->> 'organizationId' FROM jsonb_array_elements(txs) t));
  FOR draft IN
    SELECT * FROM jsonb_to_recordset(txs) AS d(
      "organizationId" text, id uuid, type text, "idemKey" text, "idemHash" text, "sourceKind" text, "sourceId" text,
      "reversesTxId" uuid, "agentId" text, "eventCount" integer, "priceVersion" text, actor text, reason text,
      "effectiveAt" timestamptz, "createdAt" timestamptz, entries jsonb)
  LOOP
    SELECT t.organization_id, t.idem_key, t.id, t.idem_hash, t.balance_after_micros INTO known FROM ledger_txs t
    WHERE (t.organization_id, t.idem_key) >= (draft."organizationId", draft."idemKey")
    ORDER BY t.organization_id, t.idem_key LIMIT 1;
    IF FOUND AND known.organization_id = draft."organizationId" AND known.idem_key = draft."idemKey" THEN
      IF known.idem_hash <> decode(draft."idemHash", 'hex') THEN
        RAISE EXCEPTION 'The key % was used for something else.', draft."idemKey" USING ERRCODE = 'LG422';
      END IF;
      tx_id := known.id;
      is_new := false;
      balance_after_micros := known.balance_after_micros;
      RETURN NEXT;
      CONTINUE;
    END IF;
    WITH entry AS (
      SELECT e.line::smallint AS line, e.value ->> 'account' AS kind, (e.value ->> 'amountMicros')::bigint AS amount
      FROM jsonb_array_elements(draft.entries) WITH ORDINALITY AS e(value, line)
    ), account AS (
      UPDATE ledger_accounts a SET balance_micros = a.balance_micros + entry.amount, version = a.version + 1
      FROM entry WHERE a.organization_id = draft."organizationId" AND a.kind = entry.kind
      RETURNING a.kind, a.version, a.balance_micros, entry.line, entry.amount
    ), written AS (
      INSERT INTO ledger_entries (organization_id, tx_id, line, kind, amount_micros, account_version, balance_after_micros)
      SELECT draft."organizationId", draft.id, line, kind, amount, version, balance_micros FROM account ORDER BY line
    ), moved AS (
      SELECT coalesce(sum(amount), 0)::bigint AS micros FROM account WHERE kind IN ('available', 'held')
    ), tx AS (
      -- What the accounts were when the statement began, and what it does to them.
      INSERT INTO ledger_txs (organization_id, id, type, amount_micros, balance_after_micros, idem_key, idem_hash,
        source_kind, source_id, reverses_tx_id, agent_id, event_count, price_version, actor, reason, effective_at, created_at)
      SELECT draft."organizationId", draft.id, draft.type, moved.micros, moved.micros + (
          SELECT sum(a.balance_micros)::bigint FROM ledger_accounts a
          WHERE a.organization_id = draft."organizationId" AND a.kind IN ('available', 'held')
        ), draft."idemKey", decode(draft."idemHash", 'hex'), draft."sourceKind", draft."sourceId", draft."reversesTxId",
        draft."agentId", coalesce(draft."eventCount", 0), draft."priceVersion", draft.actor, draft.reason,
        draft."effectiveAt", draft."createdAt"
      FROM moved
      RETURNING balance_after_micros
    )
    SELECT (SELECT count(*) FROM entry), (SELECT count(*) FROM account), tx.balance_after_micros FROM tx
    INTO expected, posted, balance_after_micros;
    IF posted <> expected THEN
      RAISE EXCEPTION 'Transaction % names an account twice, or one that does not exist.', draft.id USING ERRCODE = 'LG006';
    END IF;
    tx_id := draft.id;
    is_new := true;
    RETURN NEXT;
  END LOOP;
END $$;
