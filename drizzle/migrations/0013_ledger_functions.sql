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
CREATE FUNCTION "ledger_check_entry"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT sum(amount_micros) FROM ledger_entries
      WHERE organization_id = NEW.organization_id AND tx_id = NEW.tx_id) <> 0 THEN
    RAISE EXCEPTION 'The entries of transaction % do not sum to zero.', NEW.tx_id USING ERRCODE = 'LG002';
  END IF;
  IF NOT EXISTS (SELECT FROM ledger_txs WHERE organization_id = NEW.organization_id AND id = NEW.tx_id) THEN
    RAISE EXCEPTION 'There is no transaction % for this entry.', NEW.tx_id USING ERRCODE = 'LG003';
  END IF;
  IF NOT (NEW.account_version = 1 AND NEW.balance_after_micros = NEW.amount_micros) AND NOT EXISTS (
    SELECT FROM ledger_entries
    WHERE organization_id = NEW.organization_id AND kind = NEW.kind AND account_version = NEW.account_version - 1
      AND balance_after_micros + NEW.amount_micros = NEW.balance_after_micros
  ) THEN
    RAISE EXCEPTION 'Entry % of account % does not follow the one before it.', NEW.account_version, NEW.kind
      USING ERRCODE = 'LG004';
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE CONSTRAINT TRIGGER "ledger_entries_balanced" AFTER INSERT ON "ledger_entries"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "ledger_check_entry"();--> statement-breakpoint
CREATE FUNCTION "ledger_check_account"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT (NEW.version = 0 AND NEW.balance_micros = 0) AND NOT EXISTS (
    SELECT FROM ledger_entries
    WHERE organization_id = NEW.organization_id AND kind = NEW.kind AND account_version = NEW.version
      AND balance_after_micros = NEW.balance_micros
  ) THEN
    RAISE EXCEPTION 'The balance of account % is not the one that its last entry left.', NEW.kind USING ERRCODE = 'LG005';
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE CONSTRAINT TRIGGER "ledger_accounts_follow_entries" AFTER INSERT OR UPDATE ON "ledger_accounts"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "ledger_check_account"();--> statement-breakpoint
-- Opens the books of organizations for one transaction: who else wants them waits. Makes accounts that are missing. The
-- row of `available` stands for all of an organization's accounts; organizations are locked in the order of their ids.
CREATE FUNCTION "ledger_lock"(organizations text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
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
RETURNS TABLE (tx_id uuid, is_new boolean, balance_after_micros bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  draft record;
  known record;
  expected integer;
  posted integer;
  moved bigint;
  balance bigint;
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
    )
    SELECT (SELECT count(*) FROM entry), (SELECT count(*) FROM account),
      (SELECT coalesce(sum(amount) FILTER (WHERE kind IN ('available', 'held')), 0) FROM account)
    INTO expected, posted, moved;
    IF posted <> expected THEN
      RAISE EXCEPTION 'Transaction % names an account twice, or one that does not exist.', draft.id USING ERRCODE = 'LG006';
    END IF;
    SELECT sum(a.balance_micros) INTO balance FROM ledger_accounts a
    WHERE a.organization_id = draft."organizationId" AND a.kind IN ('available', 'held');
    INSERT INTO ledger_txs (organization_id, id, type, amount_micros, balance_after_micros, idem_key, idem_hash,
      source_kind, source_id, reverses_tx_id, agent_id, event_count, price_version, actor, reason, effective_at, created_at)
    VALUES (draft."organizationId", draft.id, draft.type, moved, balance, draft."idemKey", decode(draft."idemHash", 'hex'),
      draft."sourceKind", draft."sourceId", draft."reversesTxId", draft."agentId", coalesce(draft."eventCount", 0),
      draft."priceVersion", draft.actor, draft.reason, draft."effectiveAt", draft."createdAt");
    tx_id := draft.id;
    is_new := true;
    balance_after_micros := balance;
    RETURN NEXT;
  END LOOP;
END $$;
