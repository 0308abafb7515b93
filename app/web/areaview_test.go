package web

import (
	"fmt"
	"testing"

	"albopec/db"
)

// The secretariat looks at a member's area as the member sees it: nothing can be
// changed there, the rest of the program stays the operator's, and the log says
// who looked.
func TestClerkLooksAtAMembersArea(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(Secretariat)
	path := fmt.Sprint("/iscritti/", s.member)
	v.get("/area").must(403)
	v.get(path + "/accesso").must(200).says("Apri l’area in sola lettura")
	v.follow(v.post(path+"/area").must(303)).must(200).
		says("Area di Elena Morandi, come la vede nel suo browser.", "Buongiorno, Elena Morandi", s.address, "Torna alla segreteria")
	for _, page := range []string{"/area/acquisto", "/area/movimenti", "/area/ordini", "/area/dati", "/area/ricarica"} {
		v.get(page).must(200).says("Area di Elena Morandi")
	}
	v.get("/area/dati")
	v.post("/area/dati", "email", "altra@posta.example", "city", "Bologna").must(403).says("da qui non si cambia nulla")
	v.post("/area/dati/file").must(403)
	v.get("/iscritti").must(200).saysNot("come la vede nel suo browser")
	v.get("/area")
	v.follow(v.post(path + "/area/chiudi").must(303)).must(200).says("Morandi Elena")
	v.get("/area").must(403)
	s.look(func(tx *db.ReadTx) error {
		m, err := tx.Member(s.member)
		if m.Email != "elena@posta.example" || m.City != "" {
			t.Errorf("changed to %+v", m.Member)
		}
		return err
	})
	s.as(Administrator).get("/amministrazione/registro").must(200).says("Area dell’iscritto guardata", "Giulia Ferretti")
}

// Nobody looks at the area of who is dead, nor a reader at anybody's.
func TestAreaThatIsNotLookedAt(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	path := fmt.Sprint("/iscritti/", s.member, "/area")
	r := s.as(ReadOnly)
	r.get("/iscritti").must(200)
	r.post(path).must(403)
	s.write(func(tx *db.Tx) error {
		m, err := tx.Member(s.member)
		if err != nil {
			return err
		}
		m.Status, m.LeftOn = "deceased", s.today
		return tx.SetMember(m)
	})
	v := s.as(Secretariat)
	v.get(fmt.Sprint("/iscritti/", s.member, "/accesso")).must(200).saysNot("sola lettura")
	v.post(path).must(422).says("L’accesso è spento")
	v.get("/area").must(403)
}
