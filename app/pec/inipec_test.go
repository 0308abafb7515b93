package pec_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"albopec/app/pec"
)

func onRegister(id int64, code, surname, address string) pec.MemberDomicile {
	d := pec.MemberDomicile{Member: pec.Member{ID: id, TaxCode: code, Surname: surname, Name: "Pia", RegistrationNumber: fmt.Sprint("A", id), Status: pec.MemberActive, RegisteredOn: pec.Day("2020-03-01")}}
	d.Domicile.Address = address
	if address == "" {
		d.Fault = pec.DomicileNever
	}
	return d
}

func held(d pec.MemberDomicile) pec.Communicated {
	return pec.Communicated{Position: pec.PositionOf(d), MemberID: d.Member.ID, Held: true}
}

func TestVariationsOfTheDay(t *testing.T) {
	rossi := onRegister(1, "RSSMRA80A01H501U", "Rossi", "rossi@pec.ordine.example")
	change := func(f func(*pec.MemberDomicile)) pec.MemberDomicile {
		d := rossi
		f(&d)
		return d
	}
	gone := change(func(d *pec.MemberDomicile) {
		d.Member.Status, d.Member.LeftOn = pec.MemberCancelled, pec.Day("2026-11-10")
	})
	refused := func(c pec.Communicated, text string) pec.Communicated {
		c.Again, c.Refused = true, text
		return c
	}
	never := pec.Communicated{Position: pec.Position{TaxCode: rossi.Member.TaxCode}, MemberID: 1}
	removed := held(rossi)
	removed.Held = false
	const line = "rossi@pec.ordine.example;Pia;Rossi;A1;RSSMRA80A01H501U;"
	for name, c := range map[string]struct {
		member pec.MemberDomicile
		told   []pec.Communicated
		on     string
		want   []string
	}{
		"first load":                          {rossi, nil, "2026-11-10", []string{line + "2;01/03/2020; nuova posizione"}},
		"nothing changed":                     {rossi, []pec.Communicated{held(rossi)}, "2026-11-10", nil},
		"a new PEC":                           {change(func(d *pec.MemberDomicile) { d.Domicile.Address = "mr@pec.altrove.example" }), []pec.Communicated{held(rossi)}, "2026-11-10", []string{"mr@pec.altrove.example;Pia;Rossi;A1;RSSMRA80A01H501U;1;; cambia: PEC mr@pec.altrove.example, prima rossi@pec.ordine.example"}},
		"a new number":                        {change(func(d *pec.MemberDomicile) { d.Member.RegistrationNumber = "B7" }), []pec.Communicated{held(rossi)}, "2026-11-10", []string{"rossi@pec.ordine.example;Pia;Rossi;B7;RSSMRA80A01H501U;1;; cambia: n. iscrizione B7, prima A1"}},
		"left":                                {gone, []pec.Communicated{held(rossi)}, "2026-11-10", []string{line + "3;;10/11/2026 cancellato dal 10/11/2026"}},
		"left tomorrow":                       {gone, []pec.Communicated{held(rossi)}, "2026-11-09", nil},
		"left, and the index knows":           {gone, []pec.Communicated{removed}, "2026-11-11", nil},
		"back":                                {rossi, []pec.Communicated{removed}, "2026-11-12", []string{line + "2;01/03/2020; torna dopo una cancellazione"}},
		"no domicile any more":                {onRegister(1, "RSSMRA80A01H501U", "Rossi", ""), []pec.Communicated{held(rossi)}, "2026-11-12", []string{line + "3;; senza domicilio digitale, PEC mai comunicata"}},
		"refused the first time":              {rossi, []pec.Communicated{refused(never, "CF sconosciuto")}, "2026-11-12", []string{line + "2;01/03/2020; posizione che l’indice non ha; respinta: CF sconosciuto"}},
		"an update refused":                   {change(func(d *pec.MemberDomicile) { d.Domicile.Address = "mr@pec.altrove.example" }), []pec.Communicated{refused(held(rossi), "")}, "2026-11-12", []string{"mr@pec.altrove.example;Pia;Rossi;A1;RSSMRA80A01H501U;1;; cambia: PEC mr@pec.altrove.example, prima rossi@pec.ordine.example; respinta: senza motivo"}},
		"an update refused, and taken back":   {rossi, []pec.Communicated{refused(held(rossi), "no")}, "2026-11-12", nil},
		"a removal refused":                   {gone, []pec.Communicated{refused(held(rossi), "data errata")}, "2026-11-12", []string{line + "3;;10/11/2026 cancellato dal 10/11/2026; respinta: data errata"}},
		"another tax code":                    {change(func(d *pec.MemberDomicile) { d.Member.TaxCode = "RSSMRA80A01H501X" }), []pec.Communicated{held(rossi)}, "2026-11-12", []string{line + "3;; il codice fiscale ora è RSSMRA80A01H501X", "rossi@pec.ordine.example;Pia;Rossi;A1;RSSMRA80A01H501X;2;01/03/2020; nuova posizione"}},
		"not on the register any more":        {onRegister(2, "VRDPIA80A41H501U", "Verdi", ""), []pec.Communicated{held(rossi)}, "2026-11-12", []string{line + "3;; non è più nel registro"}},
		"a separator in the name":             {change(func(d *pec.MemberDomicile) { d.Member.Surname = "Rossi;" }), []pec.Communicated{held(rossi)}, "2026-11-12", []string{"! Il cognome contiene un punto e virgola, che nel file separa i campi."}},
		"a line break in the name":            {change(func(d *pec.MemberDomicile) { d.Member.Name = "Pia\nMaria" }), nil, "2026-11-12", []string{"! Il nome contiene un a capo o un altro carattere di controllo."}},
		"no number":                           {change(func(d *pec.MemberDomicile) { d.Member.RegistrationNumber = "" }), nil, "2026-11-12", []string{"! Manca il numero di iscrizione."}},
		"no tax code, known under the former": {change(func(d *pec.MemberDomicile) { d.Member.TaxCode = "" }), []pec.Communicated{held(rossi)}, "2026-11-12", []string{"! Manca il codice fiscale."}},
	} {
		t.Run(name, func(t *testing.T) {
			day := pec.IndexDue([]pec.MemberDomicile{c.member}, c.told, pec.Day(c.on))
			var got []string
			for _, v := range day.Variations {
				got = append(got, strings.Join(v.Fields(pec.DefaultIndexFormat()), ";")+" "+v.Why)
			}
			for _, u := range day.Unsendable {
				got = append(got, "! "+u.Why)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAddressIsGivenUpBeforeItIsTaken(t *testing.T) {
	left := onRegister(9, "VRDPIA80A41H501U", "Verdi", "studio@pec.altrove.example")
	was := held(left)
	left.Member.Status, left.Member.LeftOn = pec.MemberDeceased, pec.Day("2026-11-01")
	moved := onRegister(2, "RSSMRA80A01H501U", "Rossi", "rossi@pec.ordine.example")
	before := held(moved)
	before.Address = "rossi@pec.altrove.example"
	day := pec.IndexDue([]pec.MemberDomicile{onRegister(1, "BNCNNA80A41H501A", "Bianchi", "studio@pec.altrove.example"), moved, left}, []pec.Communicated{was, before}, pec.Day("2026-11-02"))
	var states []pec.IndexState
	for _, v := range day.Variations {
		states = append(states, v.State)
	}
	if want := []pec.IndexState{pec.IndexRemove, pec.IndexUpdate, pec.IndexInsert}; !slices.Equal(states, want) {
		t.Errorf("%v, want %v", states, want)
	}
}

func TestFormatOfTheIndexFile(t *testing.T) {
	day := pec.Day("2026-03-09")
	for days, want := range map[string]string{pec.DaysItalian: "09/03/2026", pec.DaysISO: "2026-03-09", pec.DaysPlain: "20260309"} {
		f := pec.IndexFormat{Charset: pec.CharsetUTF8, Days: days}
		if got := f.Day(day); got != want || f.Day(pec.Date{}) != "" || f.Check() != nil {
			t.Errorf("%s: %s", days, got)
		}
	}
	for _, f := range []pec.IndexFormat{{Charset: "latin-1", Days: pec.DaysISO}, {Charset: pec.CharsetUTF8, Days: "gg-mm-aa"}} {
		if f.Check() == nil {
			t.Errorf("%+v is taken", f)
		}
	}
}

// index is INI-PEC as data/its page describes it: positions by tax code.
type index map[string]pec.Position

// apply does what a file asks and fails on what an index would refuse.
func (x index) apply(v pec.Variation) error {
	_, there := x[v.TaxCode]
	switch {
	case v.State == pec.IndexInsert && there:
		return fmt.Errorf("%s inserted twice", v.TaxCode)
	case v.State != pec.IndexInsert && !there:
		return fmt.Errorf("%s of state %d is not there", v.TaxCode, v.State)
	case v.State == pec.IndexRemove:
		delete(x, v.TaxCode)
	default:
		x[v.TaxCode] = v.Position
	}
	return nil
}

// Whatever happens to the members and whatever the index refuses, its rows
// applied in order give today's positions, those aside that it refused today.
func TestFilesAppliedInOrderGiveTodaysPositions(t *testing.T) {
	codes := []string{"AAA", "BBB", "CCC", "DDD", "EEE", "FFF"}
	rapid.Check(t, func(t *rapid.T) {
		members := make([]pec.MemberDomicile, 4)
		for i := range members {
			members[i] = onRegister(int64(i+1), codes[i], "Rossi", "")
		}
		x, told, today := index{}, map[string]pec.Communicated{}, pec.Day("2026-01-01")
		for range rapid.IntRange(1, 12).Draw(t, "days") {
			today = today.AddDays(rapid.IntRange(1, 4).Draw(t, "later"))
			for range rapid.IntRange(0, 3).Draw(t, "events") {
				d := &members[rapid.IntRange(0, len(members)-1).Draw(t, "who")]
				switch rapid.IntRange(0, 5).Draw(t, "what") {
				case 0:
					d.Domicile.Address = rapid.SampledFrom([]string{"", "a@pec.example", "b@pec.example"}).Draw(t, "PEC")
				case 1:
					d.Member.Status, d.Member.LeftOn = pec.MemberCancelled, today.AddDays(rapid.IntRange(-3, 3).Draw(t, "leaves"))
				case 2:
					d.Member.Status, d.Member.LeftOn = pec.MemberActive, pec.Date{}
				case 3:
					d.Member.Surname = rapid.SampledFrom([]string{"Rossi", "Rossi Bo", "Ros;si"}).Draw(t, "surname")
				case 4:
					free := slices.DeleteFunc(slices.Clone(codes), func(c string) bool {
						return slices.ContainsFunc(members, func(m pec.MemberDomicile) bool { return m.Member.TaxCode == c })
					})
					d.Member.TaxCode = rapid.SampledFrom(free).Draw(t, "code")
				}
			}
			due := pec.IndexDue(members, slices.Collect(maps.Values(told)), today)
			refusedToday := map[string]bool{}
			for _, v := range due.Variations {
				c := told[v.TaxCode]
				c.TaxCode, c.MemberID = v.TaxCode, v.MemberID
				if rapid.IntRange(0, 3).Draw(t, "refused") == 0 {
					c.Again, c.Refused, refusedToday[v.TaxCode] = true, "no", true
				} else {
					if err := x.apply(v); err != nil {
						t.Fatal(err)
					}
					c = pec.Communicated{Position: v.Position, MemberID: v.MemberID, Held: v.State != pec.IndexRemove}
				}
				told[v.TaxCode] = c
			}
			want := index{}
			for _, d := range members {
				here := d.Member.LeftOn.IsZero() || d.Member.LeftOn.After(today)
				if p := pec.PositionOf(d); here && p.Address != "" && !strings.Contains(p.Surname, ";") {
					want[p.TaxCode] = p
				} else if here && p.Address != "" { // cannot be told: what was told stays
					if q, ok := x[p.TaxCode]; ok {
						want[p.TaxCode] = q
					}
					for code, c := range told {
						if q, ok := x[code]; ok && c.MemberID == d.Member.ID {
							want[code] = q
						}
					}
				}
			}
			for _, code := range codes {
				if want[code] != x[code] && !refusedToday[code] {
					t.Fatalf("on %s %s: the index has %v, the register %v", today, code, x[code], want[code])
				}
			}
		}
	})
}
