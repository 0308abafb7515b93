package office

import (
	"bytes"
	"fmt"
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
