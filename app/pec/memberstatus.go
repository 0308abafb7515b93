package pec

import "strings"

// statusWords are the words for a status, in lower case without accents.
var statusWords = map[string]MemberStatus{
	"iscritto": MemberActive, "iscritta": MemberActive, "attivo": MemberActive, "attiva": MemberActive, "regolare": MemberActive,
	"in attivita": MemberActive, "iscrizione": MemberActive, "reiscritto": MemberActive, "reiscritta": MemberActive, "a": MemberActive,
	"i": MemberActive, "iscr": MemberActive, "in regola": MemberActive, "in essere": MemberActive, "effettivo": MemberActive, "effettiva": MemberActive, "abilitato": MemberActive, "abilitata": MemberActive,
	"presente": MemberActive, "reintegrato": MemberActive, "reintegrata": MemberActive, "riammesso": MemberActive, "riammessa": MemberActive, "in corso": MemberActive,
	"s": MemberSuspended, "sosp": MemberSuspended,
	"c": MemberCancelled, "canc": MemberCancelled, "r": MemberCancelled, "non attivo": MemberCancelled, "non attiva": MemberCancelled, "inattivo": MemberCancelled, "inattiva": MemberCancelled,
	"non iscritto": MemberCancelled, "non iscritta": MemberCancelled, "non piu iscritto": MemberCancelled, "non piu iscritta": MemberCancelled, "ex iscritto": MemberCancelled, "ex iscritta": MemberCancelled, "uscito": MemberCancelled, "uscita": MemberCancelled, "espulso": MemberCancelled, "espulsa": MemberCancelled, "revocato": MemberCancelled, "revocata": MemberCancelled,
	"t": MemberTransferred, "trasf": MemberTransferred,
	"d": MemberDeceased, "dec": MemberDeceased, "morto": MemberDeceased, "morta": MemberDeceased, "scomparso": MemberDeceased, "scomparsa": MemberDeceased,
}

// statusStems begin the words that make a status whatever stands behind them:
// «Sospeso per morosità», «CANCELLATA D’UFFICIO».
var statusStems = []struct {
	stem   string
	status MemberStatus
}{
	{"sospe", MemberSuspended}, {"sosp.", MemberSuspended},
	{"deced", MemberDeceased}, {"decess", MemberDeceased}, {"defunt", MemberDeceased},
	{"cancel", MemberCancelled}, {"canc.", MemberCancelled}, {"radia", MemberCancelled}, {"dimess", MemberCancelled}, {"dimiss", MemberCancelled},
	{"cessat", MemberCancelled}, {"cessaz", MemberCancelled}, {"decadut", MemberCancelled}, {"rinunc", MemberCancelled},
	{"trasfer", MemberTransferred}, {"trasf.", MemberTransferred},
	{"iscritt", MemberActive}, {"iscr.", MemberActive}, {"reiscri", MemberActive}, {"attiv", MemberActive}, {"regolar", MemberActive},
}

// ParseMemberStatus reads a status as files, people and scripts write it:
// "Iscritto", "RADIATA", "Cancellato per trasferimento ad altro Ordine",
// "cancelled".
func ParseMemberStatus(s string) (MemberStatus, bool) {
	if len(s) > 200 {
		return "", false
	}
	word := strings.Trim(Fold(foldSpaces(s)), " .:;()*")
	if status := MemberStatus(word); status.Known() {
		return status, true
	}
	if status, ok := statusWords[word]; ok {
		return status, true
	}
	return stemStatus(word)
}

// stemStatus reads the status that a phrase opens with. Why somebody left is
// told behind it, and decides between leaving, moving and dying.
func stemStatus(phrase string) (MemberStatus, bool) {
	if before, rest, ok := strings.Cut(phrase, " "); ok && (before == "ing." || before == "stato" || before == "stato:") {
		phrase = rest
	}
	for _, s := range statusStems {
		if !strings.HasPrefix(phrase, s.stem) {
			continue
		}
		switch {
		case s.status == MemberCancelled && (strings.Contains(phrase, "decess") || strings.Contains(phrase, " morte")):
			return MemberDeceased, true
		case s.status == MemberCancelled && strings.Contains(phrase, "trasfer"):
			return MemberTransferred, true
		case s.status == MemberTransferred && cameFrom(phrase): // from another Ordine to this one
			return MemberActive, true
		case s.status == MemberActive && saysMore(phrase): // «iscritto e poi sospeso»: nobody knows
			return "", false
		}
		return s.status, true
	}
	return "", false
}

func cameFrom(phrase string) bool {
	for _, from := range []string{" da ", " dal ", " dall'", " dall’"} {
		if _, behind, ok := strings.Cut(phrase, from); ok {
			return !strings.ContainsFunc(behind, isNumeral) // «trasferito dal 12/10/2018» left on that day
		}
	}
	return false
}

// saysMore reports whether a phrase that opens like a member on the register
// goes on with another status.
func saysMore(phrase string) bool {
	for _, s := range statusStems {
		if s.status != MemberActive && s.status != MemberTransferred && strings.Contains(phrase, " "+s.stem) {
			return true
		}
	}
	return false
}

func (r *memberReader) readStatus() {
	text := r.cell(FieldStatus)
	if text == "" {
		return
	}
	status, ok := ParseMemberStatus(text)
	if !ok {
		r.refuse(FieldStatus, "status_unknown", "Lo stato "+quoted(text)+" non si conosce.", "Usi iscritto, sospeso, cancellato, trasferito o deceduto.")
		return
	}
	r.said.Status = status
}
