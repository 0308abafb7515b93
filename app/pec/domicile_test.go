package pec_test

import (
	"testing"

	"albopec/app/pec"
)

func TestDigitalDomicile(t *testing.T) {
	active := func(address string) pec.Mailbox {
		return pec.Mailbox{Address: address, Status: pec.MailboxActive, ActivatedOn: pec.Day("2018-10-12"), ExpiresOn: pec.Day("2019-10-12")}
	}
	closed := func(why pec.CloseReason, on string) pec.Mailbox {
		m := active("chiusa@pec.ordine.example")
		m.Status, m.CloseReason, m.ClosedOn = pec.MailboxClosed, why, pec.Day(on)
		return m
	}
	inState := func(s pec.MailboxStatus) pec.Mailbox {
		m := active("casella@pec.ordine.example")
		m.Status = s
		return m
	}
	own := pec.Member{OwnPEC: "Pia.Verdi@Pec.Altrove.example", Status: pec.MemberActive}
	none := pec.Member{Status: pec.MemberActive}
	for name, c := range map[string]struct {
		facts pec.DomicileFacts
		want  string
	}{
		"nothing at all":                           {pec.DomicileFacts{Member: none}, "- mai comunicata"},
		"the Ordine's mailbox":                     {pec.DomicileFacts{Member: none, Mailboxes: []pec.Mailbox{active("a@pec.ordine.example")}}, "a@pec.ordine.example dal 12/10/2018"},
		"an own PEC, in lower case":                {pec.DomicileFacts{Member: own, OwnSince: pec.Day("2020-01-02")}, "pia.verdi@pec.altrove.example dal 02/01/2020"},
		"both: the Ordine's":                       {pec.DomicileFacts{Member: own, Mailboxes: []pec.Mailbox{active("a@pec.ordine.example")}}, "a@pec.ordine.example dal 12/10/2018"},
		"both, the own one chosen":                 {pec.DomicileFacts{Member: own, OwnSince: pec.Day("2020-01-02"), Chosen: "pia.verdi@pec.altrove.example", Mailboxes: []pec.Mailbox{active("a@pec.ordine.example")}}, "pia.verdi@pec.altrove.example dal 02/01/2020"},
		"two: the one that we have had longest":    {pec.DomicileFacts{Member: none, Mailboxes: []pec.Mailbox{{ID: 2, Address: "vecchia@pec.ordine.example", Status: pec.MailboxActive, ActivatedOn: pec.Day("2010-01-01")}, {ID: 1, Address: "a@pec.ordine.example", Status: pec.MailboxActive, ActivatedOn: pec.Day("2018-10-12")}}}, "a@pec.ordine.example dal 12/10/2018"},
		"one chosen that is gone":                  {pec.DomicileFacts{Member: none, Chosen: "vecchia@pec.altrove.example", Mailboxes: []pec.Mailbox{active("a@pec.ordine.example")}}, "a@pec.ordine.example dal 12/10/2018"},
		"requested only":                           {pec.DomicileFacts{Member: none, Mailboxes: []pec.Mailbox{inState(pec.MailboxRequested)}}, "- mai comunicata; casella dell’Ordine richiesta"},
		"suspended":                                {pec.DomicileFacts{Member: none, Mailboxes: []pec.Mailbox{inState(pec.MailboxSuspended)}}, "- sospesa: casella@pec.ordine.example"},
		"suspended, with an own PEC":               {pec.DomicileFacts{Member: own, OwnSince: pec.Day("2020-01-02"), Mailboxes: []pec.Mailbox{inState(pec.MailboxSuspended)}}, "pia.verdi@pec.altrove.example dal 02/01/2020"},
		"not renewed":                              {pec.DomicileFacts{Member: none, Mailboxes: []pec.Mailbox{closed(pec.CloseNotRenewed, "2019-10-12")}}, "- scaduta: chiusa@pec.ordine.example"},
		"closed for a leaver who came back":        {pec.DomicileFacts{Member: none, Mailboxes: []pec.Mailbox{closed(pec.CloseLeaver, "2019-10-12")}}, "- chiusa: chiusa@pec.ordine.example"},
		"the later of two closings tells":          {pec.DomicileFacts{Member: none, Mailboxes: []pec.Mailbox{closed(pec.CloseNotRenewed, "2021-10-12"), closed(pec.CloseLeaver, "2019-10-12")}}, "- scaduta: chiusa@pec.ordine.example"},
		"a marked own PEC":                         {pec.DomicileFacts{Member: own, Mark: pec.DomicileMark{Address: "pia.verdi@pec.altrove.example", Fault: pec.DomicileExpired}}, "- scaduta: pia.verdi@pec.altrove.example"},
		"a mark on the one before":                 {pec.DomicileFacts{Member: own, OwnSince: pec.Day("2020-01-02"), Mark: pec.DomicileMark{Address: "altra@pec.altrove.example", Fault: pec.DomicileWrong}}, "pia.verdi@pec.altrove.example dal 02/01/2020"},
		"no address":                               {pec.DomicileFacts{Member: pec.Member{OwnPEC: "pia.verdi(at)pec", Status: pec.MemberActive}}, "- errata: pia.verdi(at)pec"},
		"an own PEC that is the Ordine's mailbox":  {pec.DomicileFacts{Member: pec.Member{OwnPEC: "a@pec.ordine.example", Status: pec.MemberActive}, Mailboxes: []pec.Mailbox{active("a@pec.ordine.example")}}, "a@pec.ordine.example dal 12/10/2018"},
		"an own PEC that was the Ordine's mailbox": {pec.DomicileFacts{Member: pec.Member{OwnPEC: "Chiusa@pec.ordine.example", Status: pec.MemberActive}, Mailboxes: []pec.Mailbox{closed(pec.CloseNotRenewed, "2019-10-12")}}, "- scaduta: chiusa@pec.ordine.example"},
		"an own PEC that is a suspended mailbox":   {pec.DomicileFacts{Member: pec.Member{OwnPEC: "casella@pec.ordine.example", Status: pec.MemberActive}, Mailboxes: []pec.Mailbox{inState(pec.MailboxSuspended)}}, "- sospesa: casella@pec.ordine.example"},
	} {
		t.Run(name, func(t *testing.T) {
			d := pec.DecideDomiciles([]pec.DomicileFacts{c.facts})[0]
			got := "- " + d.Why()
			if d.Valid() {
				got = d.Domicile.Address + " dal " + d.Domicile.Since.Italian()
			}
			if got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func TestSharedAddressIsNobodysDomicile(t *testing.T) {
	with := func(id int64, own string, s pec.MemberStatus) pec.DomicileFacts {
		return pec.DomicileFacts{Member: pec.Member{ID: id, OwnPEC: own, Status: s}}
	}
	box := with(5, "", pec.MemberActive)
	box.Mailboxes = []pec.Mailbox{{Address: "rossi@pec.ordine.example", Status: pec.MailboxActive}}
	list := pec.DecideDomiciles([]pec.DomicileFacts{
		with(1, "studio@pec.altrove.example", pec.MemberActive), with(2, "STUDIO@pec.altrove.example", pec.MemberSuspended),
		with(3, "sola@pec.altrove.example", pec.MemberActive), with(4, "sola@pec.altrove.example", pec.MemberCancelled), // has left
		box, with(6, "rossi@pec.ordine.example", pec.MemberActive), // somebody else's mailbox
	})
	for i, want := range []pec.DomicileFault{pec.DomicileShared, pec.DomicileShared, "", "", "", pec.DomicileShared} {
		if list[i].Fault != want {
			t.Errorf("%d: %q, want %q", i+1, list[i].Fault, want)
		}
	}
}
