-- The same functions with fewer statements, each planned once: connections plan every statement anew, which costs more here
-- than to run it.
CREATE OR REPLACE FUNCTION "ledger_check_entry"() RETURNS trigger LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  is_balanced boolean;
  has_tx boolean;
  follows boolean;
BEGIN
  SELECT
    (SELECT sum(amount_micros) = 0 FROM ledger_entries
      WHERE organization_id = NEW.organization_id AND tx_id = NEW.tx_id),
    EXISTS (SELECT FROM ledger_txs WHERE organization_id = NEW.organization_id AND id = NEW.tx_id),
    CASE WHEN NEW.account_version = 1 THEN NEW.balance_after_micros = NEW.amount_micros
      ELSE EXISTS (
        SELECT FROM ledger_entries
        WHERE organization_id = NEW.organization_id AND kind = NEW.kind AND account_version = NEW.account_version - 1
          AND balance_after_micros + NEW.amount_micros = NEW.balance_after_micros) END
  INTO is_balanced, has_tx, follows;
  IF NOT is_balanced THEN
    RAISE EXCEPTION 'The entries of transaction % do not sum to zero.', NEW.tx_id USING ERRCODE = 'LG002';
  END IF;
  IF NOT has_tx THEN
    RAISE EXCEPTION 'There is no transaction % for this entry.', NEW.tx_id USING ERRCODE = 'LG003';
  END IF;
  IF NOT follows THEN
    RAISE EXCEPTION 'Entry % of account % does not follow the one before it.', NEW.account_version, NEW.kind
      USING ERRCODE = 'LG004';
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
ALTER FUNCTION "ledger_check_account"() SET plan_cache_mode = force_generic_plan;--> statement-breakpoint
CREATE OR REPLACE FUNCTION "ledger_lock"(organizations text[]) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
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
CREATE OR REPLACE FUNCTION "ledger_post"(txs jsonb)
RETURNS TABLE (tx_id uuid, is_new boolean, balance_after_micros bigint) LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
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
    SELECT t.id, t.idem_hash, t.balance_after_micros INTO known FROM ledger_txs t
    WHERE t.organization_id = draft."organizationId" AND t.idem_key = draft."idemKey";
    IF FOUND THEN
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
