-- A card payment's id and an IUV stand for one top-up (R15). One that was taken
-- back whole, with what of it was spent become a claim, stands no more: the same
-- reference may be entered again, for whom it is. Its key is numbered then, as
-- after an import that was undone: "A12 2" is A12 the second time.
CREATE TRIGGER topups_stand_once BEFORE INSERT ON topups WHEN NEW.method IN ('card', 'pagopa') AND EXISTS (
    SELECT 1 FROM (SELECT substr(NEW.reference_key, 1, instr(NEW.reference_key || ' ', ' ') - 1) AS bare) k
        JOIN topups t ON t.method = NEW.method AND (t.reference_key = k.bare OR t.reference_key > k.bare || ' ' AND t.reference_key < k.bare || '!')
        LEFT JOIN ledger l ON l.topup_id = t.id AND l.kind = 'topup'
    WHERE l.id IS NULL
        OR NOT EXISTS (SELECT 1 FROM ledger r WHERE r.reverses_id = l.id AND r.kind = 'reversal') AND NOT EXISTS (SELECT 1 FROM claims c WHERE c.ledger_id = l.id))
BEGIN SELECT RAISE(ABORT, 'the payment stands already'); END;
CREATE INDEX claims_by_entry ON claims (ledger_id);
