package pec

import (
	"cmp"
	"slices"
	"strings"
)

// Likeness is a reason why two positions of the register may be one person.
type Likeness string

// The reasons, the strongest first.
const (
	LikeCode       Likeness = "code"        // the same tax code but for letters of omocodia (9.12)
	LikeBirth      Likeness = "birth"       // the same surname, name and birth date
	LikePEC        Likeness = "pec"         // the same PEC of one's own
	LikeSwapped    Likeness = "swapped"     // surname and name change places
	LikeNoCode     Likeness = "no_code"     // the same surname and name, one without a definitive tax code
	LikeNewSurname Likeness = "new_surname" // tax codes that differ by the letters of the surname
	LikeNewName    Likeness = "new_name"    // tax codes that differ by the letters of the name
	LikeEmail      Likeness = "email"       // the same surname and e-mail
)

// Italian is the reason as the page gives it.
func (l Likeness) Italian() string {
	switch l {
	case LikeCode:
		return "stesso codice fiscale, salvo le lettere di omocodia"
	case LikeBirth:
		return "stessi cognome, nome e data di nascita"
	case LikePEC:
		return "stessa PEC propria"
	case LikeSwapped:
		return "cognome e nome scambiati"
	case LikeNoCode:
		return "stessi cognome e nome, uno senza codice fiscale definitivo"
	case LikeNewSurname:
		return "codici fiscali uguali tranne il cognome"
	case LikeNewName:
		return "codici fiscali uguali tranne il nome"
	case LikeEmail:
		return "stessi cognome ed e-mail"
	}
	return string(l)
}

// Twins are two positions that may be one person, and why.
type Twins struct {
	A, B    Member // A stands first in the list that was looked through
	Reasons []Likeness
}

// Stays is the position of the two that would rather stay: the one on the
// register, then the one with a definitive tax code, then the first.
func (t Twins) Stays() (keep, gone Member) {
	rank := func(m Member) int {
		n := 0
		if m.Status.OnRegister() {
			n += 2
		}
		if len(m.TaxCode) == 16 {
			n++
		}
		return n
	}
	if rank(t.B) > rank(t.A) {
		return t.B, t.A
	}
	return t.A, t.B
}

// manyAlike is how many positions with one thing in common are compared each
// with each: more than the namesakes of any register. Beyond it (one address
// that a file gave to all) each is compared with the first only, so that a
// register of any size is looked through in one go.
const manyAlike = 60

// Duplicates finds the positions that may be one person, by the strongest
// reason, then in the order of the list. Two whose birth dates are both known
// and differ are not one for sharing a name.
func Duplicates(members []Member) []Twins {
	d := duplicates{members: members, found: map[[2]int]map[Likeness]bool{}}
	for i, m := range members {
		d.look(i, m)
	}
	for _, like := range likenesses {
		for _, group := range d.groups[like] {
			d.compare(like, group)
		}
	}
	return d.list()
}

// TwinsOf finds those of a list who may be one person with a member that is not
// in it, as Duplicates would once it were; the member is A of each.
func TwinsOf(m Member, others []Member) []Twins {
	var list []Twins
	for _, other := range others {
		list = append(list, Duplicates([]Member{m, other})...)
	}
	return list
}

// InWords says who B is and why it may be A.
func (t Twins) InWords() string {
	who := t.B.FullName()
	if t.B.RegistrationNumber != "" {
		who += ", n. " + t.B.RegistrationNumber
	}
	return "Nell’albo c’è già " + who + ", che può essere la stessa persona: " + t.Why() + "."
}

// Why lists the reasons: "stessa PEC propria; stessi cognome ed e-mail".
func (t Twins) Why() string {
	var why []string
	for _, r := range t.Reasons {
		why = append(why, r.Italian())
	}
	return strings.Join(why, "; ")
}

// likenesses are all reasons in their order.
var likenesses = []Likeness{LikeCode, LikeBirth, LikePEC, LikeSwapped, LikeNoCode, LikeNewSurname, LikeNewName, LikeEmail}

type duplicates struct {
	members []Member
	groups  map[Likeness]map[string][]int // by what they have in common
	found   map[[2]int]map[Likeness]bool
}

// look files a member under each thing that another may have in common.
func (d *duplicates) look(i int, m Member) {
	surname, name := nameKey(m.Surname), nameKey(m.Name)
	if surname != "" && name != "" {
		d.file(LikeNoCode, surname+"|"+name, i)
		d.file(LikeSwapped, min(surname, name)+"|"+max(surname, name), i)
		if !m.BirthDate.IsZero() {
			d.file(LikeBirth, surname+"|"+name+"|"+m.BirthDate.String(), i)
		}
	}
	if code, ok := baseCode(m.TaxCode); ok {
		d.file(LikeCode, code, i)
		d.file(LikeNewSurname, code[3:], i)
		d.file(LikeNewName, code[:3]+code[6:], i)
	}
	if m.OwnPEC != "" {
		d.file(LikePEC, strings.ToLower(m.OwnPEC), i)
	}
	if m.Email != "" && surname != "" {
		d.file(LikeEmail, surname+"|"+strings.ToLower(m.Email), i)
	}
}

func (d *duplicates) file(like Likeness, key string, i int) {
	if d.groups == nil {
		d.groups = map[Likeness]map[string][]int{}
	}
	if d.groups[like] == nil {
		d.groups[like] = map[string][]int{}
	}
	d.groups[like][key] = append(d.groups[like][key], i)
}

func (d *duplicates) compare(like Likeness, group []int) {
	for n, i := range group {
		others := group[n+1:]
		if n > 0 && len(group) > manyAlike {
			return
		}
		for _, j := range others {
			if alike(like, d.members[i], d.members[j]) {
				d.add(like, i, j)
			}
		}
	}
}

func (d *duplicates) add(like Likeness, i, j int) {
	pair := [2]int{i, j}
	if d.found[pair] == nil {
		d.found[pair] = map[Likeness]bool{}
	}
	d.found[pair][like] = true
}

// alike says whether two members with something in common may be one person
// for it.
func alike(like Likeness, a, b Member) bool {
	otherBirth := !a.BirthDate.IsZero() && !b.BirthDate.IsZero() && a.BirthDate != b.BirthDate
	switch like {
	case LikeNoCode:
		return !otherBirth && (len(a.TaxCode) != 16 || len(b.TaxCode) != 16)
	case LikeSwapped:
		return !otherBirth && nameKey(a.Surname) != nameKey(b.Surname)
	case LikeNewSurname:
		return a.TaxCode[:3] != b.TaxCode[:3]
	case LikeNewName:
		return a.TaxCode[3:6] != b.TaxCode[3:6]
	}
	return true
}

// list puts what was found in order.
func (d *duplicates) list() []Twins {
	type place struct {
		pair  [2]int
		first int // its strongest reason
	}
	var places []place
	for pair, reasons := range d.found {
		places = append(places, place{pair, slices.IndexFunc(likenesses, func(l Likeness) bool { return reasons[l] })})
	}
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.pair[0], b.pair[0]), cmp.Compare(a.pair[1], b.pair[1]))
	})
	list := make([]Twins, 0, len(places))
	for _, p := range places {
		t := Twins{A: d.members[p.pair[0]], B: d.members[p.pair[1]]}
		for _, l := range likenesses {
			if d.found[p.pair][l] {
				t.Reasons = append(t.Reasons, l)
			}
		}
		list = append(list, t)
	}
	return list
}

// nameKey is the form in which names are compared: letters only, without
// accents, so that «D'Alò» is «dalo» and «De Rossi» is «derossi».
func nameKey(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, Fold(s))
}

// baseCode is a tax code without its check character and without letters of
// omocodia; false for one that is none, or provisional.
func baseCode(code string) (string, bool) {
	if len(code) != 16 || strings.IndexFunc(code, func(r rune) bool { return !isCapital(r) && !isNumeral(r) }) >= 0 {
		return "", false
	}
	plain, ok := withoutOmocodia(code)
	return plain[:min(len(plain), 15)], ok
}
