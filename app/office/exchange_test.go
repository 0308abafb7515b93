package office

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"albopec/app/intake"
	"albopec/app/pec"
	"albopec/db"

	"pgregory.net/rapid"
)

// What we write of the register we read back unchanged, from either format.
func TestListOfMembersComesBackUnchanged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pick := func(label string, from ...string) string { return rapid.SampledFrom(from).Draw(t, label) }
		var list []db.MemberRow
		var known []pec.Member
		for i := range rapid.IntRange(1, 6).Draw(t, "members") {
			born := pec.Day("1950-02-28").AddDays(rapid.IntRange(0, 15000).Draw(t, "born"))
			m := pec.Member{
				ID: int64(i + 1), RegistrationNumber: pick("number", "", "0", "A", "B", "=1+", "+", "007 ") + fmt.Sprint(i+1),
				Surname: pick("surname", "Rossi", "D’Alò", "=SOMMA(1)", "'Ndrangheta", "De la Cruz", "None", "Štefančič \"Beppe\""), Name: pick("name", "Ada", "Niccolò; Ugo", "-Zoë", "@Mario"),
				Sex: pick("sex", "", "M", "F"), VATNumber: pick("vat", "", "07643520567"), BirthPlace: pick("place", "", "Roma, capitale", "Aÿ"), BirthProvince: pick("bp", "", "NA", "EE"),
				Section: pick("section", "", "A", "B"), Sector: pick("sector", "", "a", "a b", "d"), Title: pick("title", "", "Dott. Ing."), Address: pick("address", "", "Via Po, 3; int. \"2\"", "+39"),
				PostalCode: pick("cap", "", "00042", "SW1A 1AA"), City: pick("city", "", "L’Aquila", "None"), Province: pick("province", "", "AQ", "RM"),
				Phone: pick("phone", "", "+39 06 1234567", "06/1234567"), Mobile: pick("mobile", "", "+393331234567", "3331234567"),
				Email: pick("email", "", "ada@posta.example"), Status: pec.MemberActive,
			}
			if rapid.Bool().Draw(t, "has days") {
				m.BirthDate, m.RegisteredOn = born, born.AddYears(25)
			}
			if rapid.Bool().Draw(t, "has left") {
				m.Status, m.LeftOn = pec.MemberCancelled, pec.Day("2020-05-31").AddDays(i)
			}
			if rapid.Bool().Draw(t, "has a code") {
				place := fmt.Sprintf("H%03d", 501+i)
				if m.BirthDate.IsZero() {
					m.BirthDate = born
				}
				m.TaxCode = pec.ComputeTaxCode(m.Surname, m.Name, m.BirthDate, pick("coded", "M", "F"), place)
			}
			if rapid.Bool().Draw(t, "has a PEC") {
				m.OwnPEC = fmt.Sprintf("iscritto%d@pec.example", i)
			}
			list, known = append(list, db.MemberRow{Member: m}), append(known, m)
		}
		table := membersTable("Albo", list)
		for format, write := range map[string]func(*bytes.Buffer) error{
			intake.FormatCSV:  func(b *bytes.Buffer) error { return table.WriteCSV(b) },
			intake.FormatXLSX: func(b *bytes.Buffer) error { return table.WriteXLSX(b) },
		} {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			f, err := intake.Read(b.Bytes(), "albo."+format, pec.MemberLayout, intake.Options{})
			if err != nil {
				t.Fatalf("%s: %v", format, err)
			}
			if f.Format != format || len(f.Mapping.ByHeader()) != len(pec.MemberFields) {
				t.Fatalf("%s: %v", f.Format, f.Mapping.ByHeader())
			}
			plan := pec.PlanMembers(pec.MemberImport{Rows: f.Rows, Mapping: f.Mapping, Known: known, Today: pec.Day("2026-07-01")})
			for _, r := range plan.Rows {
				if r.Outcome != pec.OutcomeUnchanged {
					t.Fatalf("%s, row %d: %s %v %v", format, r.Source.Number, r.Outcome, r.Changes, r.Problems)
				}
			}
			if len(plan.Rows) != len(known) || len(plan.Missing) > 0 {
				t.Fatalf("%s: %d rows, %d missing", format, len(plan.Rows), len(plan.Missing))
			}
		}
	})
}

// Whatever two files bring and whatever is chosen, the second one imported again
// changes nothing, and its undo gives back what was exported before, byte for
// byte.
func TestUndoGivesBackWhatWasExported(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			rt.Fatal(err)
		}
		d, err := db.Create(filepath.Join(dir, "albopec.db"))
		if err != nil {
			rt.Fatal(err)
		}
		defer d.Close()
		o := New(d)
		o.Today = func() pec.Date { return pec.Day("2026-07-01") }
		if err := o.write(t.Context(), deskClerk, func(tx *db.Tx) error { return tx.AddDomain("pec.ordine.example") }); err != nil {
			rt.Fatal(err)
		}
		bring := func(f ImportFile) ImportReport {
			r, err := o.WriteImport(t.Context(), deskClerk, ImportMembers, f, "", false)
			if err != nil {
				rt.Fatal(err)
			}
			if r.Created+r.Updated+r.Unchanged+r.Refused != r.Rows {
				rt.Fatalf("%+v", r)
			}
			return r
		}
		bring(anyRegister(rt, "first"))
		before := exported(rt, o)
		second := anyRegister(rt, "second")
		second.Options.Only = rapid.SampledFrom([]pec.ImportOnly{"", pec.OnlyNew, pec.OnlyKnown}).Draw(rt, "only")
		second.Options.ClearEmpty = rapid.Bool().Draw(rt, "clear")
		if rapid.Bool().Draw(rt, "leavers") {
			second.Options.Leavers = pec.Leavers{All: true, Status: pec.MemberCancelled, LeftOn: pec.Day("2026-06-30")}
		}
		r := bring(second)
		after := exported(rt, o)

		undone, err := o.UndoImport(t.Context(), deskClerk, r.Batch)
		if err != nil || len(undone.Kept) > 0 || undone.Removed != r.Created || undone.Restored != r.Updated+r.Left {
			rt.Fatalf("%+v %v of %+v", undone, err, r)
		}
		if got := exported(rt, o); got != before {
			rt.Fatalf("the undo gave back\n%s\nwant\n%s", got, before)
		}
		bring(second)
		if got := exported(rt, o); got != after {
			rt.Fatalf("imported again:\n%s\nwant\n%s", got, after)
		}
	})
}

// anyRegister is a small member file of values good and bad.
func anyRegister(t *rapid.T, label string) ImportFile {
	people := []string{"Rossi;Mario;RSSMRA85T10A562S", "Moretti;Matteo;MRTMTT91D08F205J", "Miller;Samantha;MLLSNT82P65Z404U", "Neri;Ada;", "Neri;Ugo;", "De Rosa;Alì;DRSLAI86E24F158A"}
	var lines []string
	for range rapid.IntRange(1, 6).Draw(t, label) {
		pick := func(from ...string) string { return rapid.SampledFrom(from).Draw(t, label) }
		lines = append(lines, strings.Join([]string{
			pick("", "A1", "A2", "A3", "A4"), pick(people...), pick("", "iscritto", "sospeso", "cancellato", "boh"), pick("", "", "12/05/2020", "31/02/2020"),
			pick("", "uno@posta.example", "due@posta.example", "sbagliata"), pick("", "uno@pec.example", "due@pec.ordine.example"),
		}, ";"))
	}
	return members(lines...)
}

func exported(t *rapid.T, o *Office) string {
	table, err := o.MembersTable(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := table.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
