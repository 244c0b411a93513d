-- A plan for any organization takes one with few transactions for granted, and then any index that begins with the
-- organization is as good as the right one: it read all transactions of the organization for each new one. The first row in
-- the order of the right index has no other way to be found.
CREATE OR REPLACE FUNCTION "ledger_check_entry"() RETURNS trigger LANGUAGE plpgsql
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
CREATE OR REPLACE FUNCTION "ledger_post"(txs jsonb)
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
