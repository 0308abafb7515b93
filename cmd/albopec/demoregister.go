package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"strings"

	"albopec/app/pec"

	"golang.org/x/text/encoding/charmap"
)

// Invented people are put together from common names: whoever is called so is
// meant by none of them.
var (
	demoSurnames = strings.Fields(`Rossi Ferrari Russo Bianchi Romano Gallo Costa Fontana Conti Esposito Ricci Bruno Moretti Marino Greco
		Barbieri Lombardi Giordano Cassano Colombo Mancini Longo Leone Martinelli Marchetti Serra Conte Vitale D’Alò De_Angelis Dell’Orto
		Ferrara Galli Martini Caruso Rinaldi Villa Nicolò Sanna Pellegrini Palumbo Fabbri Grassi Monti Palmieri Bernardi Fiore`)
	demoMen   = strings.Fields(`Andrea Luca Marco Giovanni Alessandro Matteo Nicolò Francesco Paolo Stefano Antonio Giuseppe Davide Gian_Luca Renato Zoë Carlo Aldo`)
	demoWomen = strings.Fields(`Giulia Anna Maria Francesca Elena Chiara Sara Paola Laura Lucia Maria_Pia Federica Silvia Noemi Teresa Carla Rita Zoë`)
	demoTowns = []struct{ name, code, province, cap string }{
		{"Roma", "H501", "RM", "00184"}, {"Milano", "F205", "MI", "20121"}, {"Napoli", "F839", "NA", "80132"}, {"Torino", "L219", "TO", "10121"},
		{"Bologna", "A944", "BO", "40121"}, {"Firenze", "D612", "FI", "50122"}, {"Viterbo", "M082", "VT", "01100"}, {"Frosinone", "D810", "FR", "03100"},
		{"Perugia", "G478", "PG", "06121"}, {"Cagliari", "B354", "CA", "09124"},
	}
	demoStreets = []string{"Via Roma", "Via Nazionale", "Corso Vittorio Emanuele II", "Via Giuseppe Garibaldi", "Viale Europa", "Piazza dell’Indipendenza", "Via della Libertà"}
)

// demoRegister is a register as a secretariat's Excel exports it: Windows-1252,
// semicolons, a title above and a total below.
func demoRegister(r *rand.Rand, members int, begin pec.Date) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma, w.UseCRLF = ';', true
	fmt.Fprintf(&b, "ORDINE DEGLI INGEGNERI DELLA PROVINCIA DI VALDORO - ALBO AL %s;;;;;;;;;;;;;;\r\n;;;;;;;;;;;;;;\r\n", begin.AddDays(-1).Italian())
	rows := [][]string{{"N. Iscr.", "Cognome", "Nome", "Cod. Fisc.", "Data nasc.", "Luogo nasc.", "Sez.", "Settori", "Data iscr.", "Indirizzo", "CAP", "Comune", "Pr.", "E-mail", "PEC"}}
	taken := map[string]bool{}
	for n := 1; n <= members; {
		row := demoMember(r, n, begin)
		if taken[row[3]] {
			continue // two people of one name, day and place: the real ones get another code
		}
		taken[row[3]] = true
		rows = append(rows, row)
		n++
	}
	if err := w.WriteAll(rows); err != nil {
		return nil, fmt.Errorf("writing the register: %w", err)
	}
	fmt.Fprintf(&b, "Totale iscritti: %d;;;;;;;;;;;;;;\r\n", members)
	data, err := charmap.Windows1252.NewEncoder().Bytes(b.Bytes())
	if err != nil {
		return nil, fmt.Errorf("writing the register in Windows-1252: %w", err)
	}
	return data, nil
}

func demoMember(r *rand.Rand, n int, begin pec.Date) []string {
	pick := func(list []string) string { return strings.ReplaceAll(list[r.IntN(len(list))], "_", " ") }
	surname, name, sex := pick(demoSurnames), pick(demoMen), "M"
	if r.IntN(3) == 0 {
		name, sex = pick(demoWomen), "F"
	}
	if r.IntN(3) == 0 {
		surname += " " + pick(demoSurnames)
	}
	born := begin.AddYears(-26).AddDays(-r.IntN(45 * 365))
	birth, home := demoTowns[r.IntN(len(demoTowns))], demoTowns[r.IntN(len(demoTowns))]
	registered := born.AddYears(25).AddDays(r.IntN(max(born.AddYears(25).DaysUntil(begin), 1)))
	section, number := "A", fmt.Sprint(n)
	if r.IntN(7) == 0 {
		section, number = "B", fmt.Sprintf("B%d", n)
	}
	own := ""
	if r.IntN(14) == 0 {
		own = fmt.Sprintf("studio%d@pec-professionisti.example", n)
	}
	mailName := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' {
			return c
		}
		return -1
	}, pec.Fold(name+surname))
	mail := fmt.Sprintf("%s%d@posta.example", mailName, n)
	if r.IntN(40) == 0 {
		mail = ""
	}
	return []string{
		number, strings.ToUpper(surname), strings.ToUpper(name), pec.ComputeTaxCode(surname, name, born, sex, birth.code), born.Italian(), birth.name,
		section, []string{"a", "b", "c", "a b", "a b c"}[r.IntN(5)], registered.Italian(),
		fmt.Sprintf("%s, %d", demoStreets[r.IntN(len(demoStreets))], 1+r.IntN(200)), home.cap, home.name, home.province, mail, own,
	}
}
