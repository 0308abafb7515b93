package main

import (
	"database/sql"
	"encoding/json"
	"errors"
	"maps"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A kind of value that a key of the commands' JSON has.
type kind struct {
	name string
	ok   func(any) bool
}

var (
	aCount = kind{"count", func(v any) bool {
		n, ok := v.(json.Number)
		return ok && regexp.MustCompile(`^\d+$`).MatchString(n.String())
	}}
	anID  = kind{"id", aCount.ok}
	anInt = kind{"integer", aCount.ok}
	anAmt = kind{"amount", func(v any) bool { s, ok := v.(string); return ok && regexp.MustCompile(`^-?\d+\.\d\d$`).MatchString(s) }}
	aDay  = kind{"day", func(v any) bool {
		s, ok := v.(string)
		return ok && regexp.MustCompile(`^\d{4}-\d\d-\d\d$`).MatchString(s)
	}}
	aDayNil = kind{"day or null", func(v any) bool { return v == nil || aDay.ok(v) }}
	aFlag   = kind{"true or false", func(v any) bool { _, ok := v.(bool); return ok }}
	aName   = kind{"name", func(v any) bool { s, ok := v.(string); return ok && s != "" }}
	aText   = kind{"text", func(v any) bool { _, ok := v.(string); return ok }}
	aNull   = kind{"null", func(v any) bool { return v == nil }}
	aNumber = kind{"number of an order", func(v any) bool { s, ok := v.(string); return ok && regexp.MustCompile(`^\d{4}/\d{6}$`).MatchString(s) }}
	aList   = kind{"list", func(v any) bool { _, ok := v.([]any); return ok }}
	aMap    = kind{"object", func(v any) bool { _, ok := v.(map[string]any); return ok }}
)

type keys map[string]kind

// has reports every key that is missing or of another kind.
func (k keys) has(t *testing.T, where string, doc map[string]any) {
	t.Helper()
	for key, want := range k {
		v, ok := doc[key]
		switch {
		case !ok:
			t.Errorf("%s: no key %q in %v", where, key, doc)
		case !want.ok(v):
			t.Errorf("%s: %q is %#v, want a %s", where, key, v, want.name)
		}
	}
}

var (
	importKeys = keys{
		"batch": anID, "format": aName, "encoding": aText, "delimiter": aText, "sheet": aText, "header_row": anInt, "mapping": aMap, "rows": aCount,
		"created": aCount, "updated": aCount, "unchanged": aCount, "refused": aCount, "warnings": aCount, "missing_from_file": aCount,
		"problems": aList, "dry_run": aFlag,
	}
	amountKeys  = keys{"net": anAmt, "vat": anAmt, "gross": anAmt}
	problemKeys = keys{"row": anInt, "column": aText, "value": aText, "severity": aName, "code": aName, "message": aName}
)

// paymentKeys are those of an import of payments; a batch that is not there is
// null.
func paymentKeys(null string) keys {
	k := maps.Clone(importKeys)
	k["amount"], k["orders_completed"] = anAmt, aCount
	if null != "" {
		k[null] = aNull
	}
	return k
}

// Scripts rely on these keys and on what stands behind them; they may grow, not
// change.
func TestKeysOfEveryCommand(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "ordine.db")
	box := "anna.rossetti@pec.ordine.example"
	bad := filepath.Join(dir, "albo.csv")
	if err := writeFile(bad, []byte("N. iscrizione;Cognome;Nome;Codice fiscale\nA1;Rossetti;Anna Maria;RSSNMR70E52H501M\nA2;Verdelli;Sara;VRDSRA88M48G478X\n")); err != nil {
		t.Fatal(err)
	}
	statement := filepath.Join(dir, "servizi.csv")
	if err := writeFile(statement, []byte("Casella;Servizio;Quantità;Dal;Al;Importo netto\n"+box+";Spazio Extra Inbox;1;01/11/2017;12/10/2018;2,50\n")); err != nil {
		t.Fatal(err)
	}
	boxes := filepath.Join(dir, "caselle.csv")
	if err := writeFile(boxes, []byte("Casella;Codice fiscale;Tipologia;Data attivazione;Data scadenza;GB extra;MB usati\na.rossetti@pec.ordine.example;RSSNMR70E52H501M;standard;01/02/2015;01/02/2018;1;20\nchi@pec.ordine.example;;;;;;\n")); err != nil {
		t.Fatal(err)
	}
	receipts := filepath.Join(dir, "ricevute.csv")
	if err := writeFile(receipts, []byte("IUV;Casella;Importo;Data pagamento;Esito\n01000000000000101;"+box+";0,01;08/12/2017;Pagato\n01000000000000102;"+box+";5,00;;Scaduto\n")); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		line string // split at spaces
		keys keys
	}{
		{"init --name Prova --domain pec.ordine.example --admin admin@ordine.example --password-stdin", keys{"name": aName}},
		{"agreement set testdata/common/convenzione.json", keys{"agreements": aCount}},
		{"agreement list", keys{"agreements": aCount}},
		{"import members " + bad + " --on 2017-10-01", importKeys},
		{"provision --on 2017-10-01 --dry-run", keys{"requested": aCount, "mailboxes": aList}},
		{"provision --on 2017-10-01", keys{"requested": aCount, "mailboxes": aList}},
		{"provider send --on 2017-10-01 --dry-run", keys{"sent": aCount, "file": aNull, "dry_run": aFlag}},
		{"provider send --on 2017-10-01 --out " + filepath.Join(dir, "richieste.csv"), keys{"sent": aCount, "file": aName, "number": anID, "dry_run": aFlag}},
		{"mailbox " + box, keys{"activated_on": aNull, "expires_on": aNull, "status": aName}},
		{"activate " + box + " --on 2017-10-12", keys{"address": aName, "activated_on": aDay, "expires_on": aDay}},
		{"import services " + statement + " --on 2017-11-05", importKeys},
		{"import undo 2 --on 2017-11-06", keys{"restored": aCount, "removed": aCount, "kept": aCount}},
		{"import mailboxes " + boxes + " --on 2017-11-06", importKeys},
		{"quote --expires 2018-10-12 --quantity 1 --on 2017-12-07", keys{
			"on": aDay, "expires": aDay, "product": aName, "quantity": aCount, "policy": aName, "free": aFlag, "years": aCount, "months": aCount,
			"unit_price": anAmt, "net": anAmt, "vat": anAmt, "gross": anAmt, "renewal_on": aDay, "renewal_net": anAmt, "reason": aName, "vat_rate": aText,
		}},
		{"order " + box + " --product inbox_gb --quantity 1 --on 2017-12-07", keys{"order": anID, "number": aNull, "state": aName, "gross": anAmt, "missing": anAmt, "expires_on": aDay}},
		{"topup " + box + " 13.05 --reference R1 --on 2017-12-08", keys{"entry": anID, "balance": anAmt, "duplicate": aFlag, "orders_completed": aCount}},
		{"import payments " + receipts + " --on 2017-12-08 --dry-run", paymentKeys("batch")},
		{"import payments " + receipts + " --on 2017-12-08", paymentKeys("")},
		{"order " + box + " --product inbox_gb --quantity 1 --on 2017-12-09", keys{"order": anID, "number": aNumber, "state": aName, "gross": anAmt, "missing": anAmt}},
		{"mailbox " + box + " --on 2017-12-10", keys{
			"address": aName, "status": aName, "kind": aName, "holder": aName, "activated_on": aDay, "expires_on": aDay,
			"base_gb": aCount, "extra_gb": aCount, "total_gb": aCount, "used_mb": aNull, "credit": anAmt, "services": aList,
		}},
		{"renew --on 2018-10-12 --dry-run", keys{"until": aDay, "renewed": aCount, "closed": aCount, "services_renewed": aCount, "services_ended": aCount, "ordine": aMap, "members": aMap, "failed": aList}},
		{"renew --on 2018-10-12", keys{"until": aDay, "renewed": aCount, "closed": aCount, "services_renewed": aCount, "services_ended": aCount, "ordine": aMap, "members": aMap, "failed": aList}},
		{"notices --on 2018-10-12 --dry-run", keys{"raised": aCount, "by_step": aMap, "on_paper": aCount, "dry_run": aFlag, "failed": aList}},
		{"notices --on 2018-10-12", keys{"raised": aCount, "by_step": aMap, "on_paper": aCount, "dry_run": aFlag, "failed": aList}},
		{"mail send --on 2018-10-12", keys{"sent": aCount, "failed": aCount, "waiting": aCount}},
		{"report 2018 --on 2018-12-31 --out " + dir, keys{
			"xlsx": aName, "pdf": aName, "annex": aList, "mailboxes_at_end": aCount, "activated": aCount, "closed": aCount, "renewed": aCount, "ordine_gross": anAmt,
			"services_sold_gb": aCount, "members_gross": anAmt, "topups": anAmt, "credit_outstanding": anAmt,
		}},
		{"export members --out " + filepath.Join(dir, "albo.xlsx"), keys{"file": aName, "rows": aCount, "dry_run": aFlag}},
		{"export mailboxes --out " + filepath.Join(dir, "caselle.xlsx"), keys{"file": aName, "rows": aCount, "dry_run": aFlag}},
		{"export inipec --dry-run --out " + filepath.Join(dir, "inipec.csv"), keys{"file": aName, "rows": aCount, "inserted": aCount, "updated": aCount, "cancelled": aCount, "dry_run": aFlag}},
		{"export inipec --on 2018-12-31 --out " + filepath.Join(dir, "inipec.csv"), keys{"file": aName, "rows": aCount, "inserted": aCount, "updated": aCount, "cancelled": aCount, "dry_run": aFlag}},
		{"export reginde --dry-run --out " + filepath.Join(dir, "reginde.xml"), keys{"file": aName, "rows": aCount, "inserted": aCount, "updated": aCount, "cancelled": aCount, "dry_run": aFlag}},
		{"member status A1 cancelled --on 2019-01-10", keys{"registration_number": aName, "status": aName, "mailbox_closes_on": aDay}},
		{"member status A1 active --on 2019-01-11", keys{"registration_number": aName, "status": aName, "mailbox_closes_on": aDayNil}},
		{"member password " + box + " --password-stdin", keys{"address": aName}},
		{"user add mara@ordine.example --role reader", keys{"email": aName, "role": aName, "password": aName}},
		{"user password mara@ordine.example", keys{"email": aName, "password": aName}},
		{"check", keys{"ok": aFlag, "problems": aCount}},
		{"backup " + filepath.Join(dir, "copia.db"), keys{"file": aName, "ok": aFlag}},
		{"restore " + filepath.Join(dir, "copia.db"), keys{"file": aName, "ok": aFlag}},
	} {
		doc := answer(t, append(strings.Fields(step.line), "--db", path)...)
		step.keys.has(t, step.line, doc)
		for _, within := range []struct {
			key  string
			keys keys
		}{
			{"problems", problemKeys},
			{"mailboxes", keys{"address": aName, "registration_number": aName, "tax_code": aName}},
			{"services", keys{"id": anID, "product": aName, "quantity": aCount, "started_on": aDay, "expires_on": aDay, "auto_renew": aFlag}},
		} {
			list, _ := doc[within.key].([]any)
			for _, element := range list {
				within.keys.has(t, step.line+": "+within.key, element.(map[string]any))
			}
		}
		for _, sum := range []string{"ordine", "members"} {
			if inner, ok := doc[sum].(map[string]any); ok {
				amountKeys.has(t, step.line+": "+sum, inner)
			}
		}
	}
}

// A dry run answers as the import itself does, without a batch.
func TestDryRunHasNoBatch(t *testing.T) {
	path := newOrdine(t)
	doc := answer(t, "import", "members", "testdata/common/albo.csv", "--dry-run", "--db", path)
	if v, ok := doc["batch"]; !ok || v != nil || doc["dry_run"] != true {
		t.Errorf("batch %v, dry_run %v", v, doc["dry_run"])
	}
}

// A run that cannot renew a mailbox says so in its own object, with exit code 1,
// and leaves the mailbox as it was; check with problems does the same.
func TestRunAndCheckThatFindFaultsEndWithOne(t *testing.T) {
	path := newOrdine(t)
	answer(t, "import", "members", "testdata/common/albo.csv", "--on", "2017-10-01", "--db", path)
	answer(t, "provision", "--on", "2017-10-01", "--db", path)
	box := "anna.rossetti@pec.ordine.example"
	answer(t, "activate", box, "--on", "2017-10-12", "--db", path)
	// The agreement in force on the expiry no longer has the mailbox's kind.
	without := filepath.Join(t.TempDir(), "senza.json")
	if err := writeFile(without, []byte(`{"name": "Senza standard", "provider": "P", "starts_on": "2018-01-01", "vat_rate": "22", "policy": "full_year",
		"free_window_months": 3, "notice_days": [90], "sold_by": "ordine",
		"kinds": [{"code": "pro", "name": "Pro", "base_inbox_gb": 2, "base_archive_gb": 0, "max_inbox_gb": 5, "yearly_price": "20.00", "paid_by": "ordine", "terms": [1]}],
		"products": []}`)); err != nil {
		t.Fatal(err)
	}
	answer(t, "agreement", "set", without, "--db", path)
	exit, stdout, _ := command(t, "", "renew", "--on", "2018-10-12", "--db", path, "--json")
	doc, err := oneObject(stdout)
	if err != nil || exit != exitFailed {
		t.Fatalf("exit %d, %v", exit, err)
	}
	failed, _ := doc["failed"].([]any)
	if len(failed) != 1 {
		t.Fatalf("failed: %v", doc["failed"])
	}
	keys{"address": aName, "message": aName}.has(t, "failed", failed[0].(map[string]any))
	if got := answer(t, "mailbox", box, "--db", path); got["expires_on"] != "2018-10-12" || got["status"] != "active" {
		t.Errorf("the mailbox was not left as it was: %v", got)
	}

	d, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.Exec("UPDATE mailboxes SET expires_on = '2018-10-13' WHERE address = ?", box)
	if err := errors.Join(err, d.Close()); err != nil {
		t.Fatal(err)
	}
	exit, stdout, _ = command(t, "", "check", "--db", path, "--json")
	doc, err = oneObject(stdout)
	if err != nil || exit != exitFailed || doc["ok"] != false || doc["problems"] == json.Number("0") {
		t.Errorf("check on wrong books: exit %d, %v, %v", exit, doc, err)
	}
}
