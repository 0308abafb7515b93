package web

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
)

// samples gives addresses for pages that have a part to fill in. Who adds such
// a page adds a line; an address may answer with a file.
func (s *testSite) samples() map[string][]string {
	order, service := s.areaSample()
	member, mailbox := fmt.Sprint(s.member), fmt.Sprint(s.mailbox)
	paid := s.entryOrder(s.member)
	report := fmt.Sprint(s.reportSample())
	entry := fmt.Sprint(s.topUpEntry(s.member).ID)
	leaver := fmt.Sprint(s.leaverSample())
	list := fmt.Sprint(s.savedListSample())
	access := fmt.Sprint(s.accessSample())
	invoices := fmt.Sprint(s.invoiceSample())
	all := map[string][]string{
		"/ordini/da-fatturare":                    {"/ordini/da-fatturare", "/ordini/da-fatturare?chi=gestore"},
		"/ordini/da-fatturare/nuovo":              {"/ordini/da-fatturare/nuovo?chi=ordine", "/ordini/da-fatturare/nuovo?chi=gestore&dal=01/01/2018"},
		"/ordini/da-fatturare/:id/esporta":        {"/ordini/da-fatturare/" + invoices + "/esporta", "/ordini/da-fatturare/" + invoices + "/esporta?formato=csv"},
		"/report/gestore/esporta":                 {"/report/gestore/esporta", "/report/gestore/esporta?formato=csv", "/report/gestore/esporta?formato=pdf"},
		"/report/gestore/:id/storno":              {"/report/gestore/" + fmt.Sprint(s.depositSample()) + "/storno"},
		"/report/previsione":                      {"/report/previsione", "/report/previsione?con=1"},
		"/report/righe":                           {"/report/righe?anno=2018&cifra=attivate", "/report/righe?anno=2018&cifra=costo&mese=10&tipologia=Standard", "/report/righe?anno=2018&cifra=in-essere&dopo=500"},
		"/report/righe/esporta":                   {"/report/righe/esporta?anno=2018&cifra=attivate", "/report/righe/esporta?anno=2018&cifra=ricariche&formato=csv", "/report/righe/esporta?anno=2018&cifra=in-essere&formato=pdf"},
		"/lettere/intestazione/logo":              {s.logoSample()},
		"/documenti":                              {"/documenti", "/documenti?dopo=1", "/documenti?prima=1"},
		"/documenti/:id":                          {"/documenti/" + report},
		"/documenti/:id/chiusura":                 {"/documenti/" + report + "/chiusura"},
		"/documenti/:id/righe":                    {"/documenti/" + report + "/righe", "/documenti/" + report + "/righe?foglio=Scadenze"},
		"/documenti/:id/file/:name":               {"/documenti/" + report + "/file/albopec-2018-al-2018-07-01.pdf", "/documenti/" + report + "/file/albopec-2018-al-2018-07-01.xlsx"},
		"/ordini/:id/ricevuta":                    {fmt.Sprintf("/ordini/%d/ricevuta", paid)},
		"/area/ordini/:id/ricevuta":               {fmt.Sprintf("/area/ordini/%d/ricevuta", paid)},
		"/area/ordini/:id":                        {fmt.Sprintf("/area/ordini/%d", order)},
		"/area/ordini/:id/annulla":                {fmt.Sprintf("/area/ordini/%d/annulla", order)},
		"/amministrazione/operatori/:id":          {"/amministrazione/operatori/1"},
		"/amministrazione/operatori/:id/password": {"/amministrazione/operatori/1/password"},
		"/area/altre/:id":                         {"/area/altre/" + access},
		"/area/altre/:id/versamento":              {"/area/altre/" + access + "/versamento", "/area/altre/" + access + "/versamento?importo=4,40"},
		"/area/altre/:id/acquisto":                {"/area/altre/" + access + "/acquisto", "/area/altre/" + access + "/acquisto?quantity=molti"},
		"/area/altre/:id/rinnovo":                 {"/area/altre/" + access + "/rinnovo", "/area/altre/" + access + "/rinnovo?years=molti"},
		"/area/servizi/:id":                       {fmt.Sprintf("/area/servizi/%d", service)},
		"/caselle/:id/spazio":                     {"/caselle/" + fmt.Sprint(s.mailbox) + "/spazio"},
		"/conferma-mail/:token":                   nil, // see TestMemberConfirmsANewEmail
		"/benvenuto/:token":                       nil, // see TestMemberChoosesPasswordByOneTimeLink
		"/iscritti/:id":                           {"/iscritti/" + member, "/iscritti/" + member + "?tutto=1"},
		"/guida/:topic":                           {"/guida/primi-passi", "/guida/domicilio"},
		"/iscritti/:id/domicilio":                 {"/iscritti/" + member + "/domicilio", "/iscritti/" + leaver + "/domicilio"},
		"/iscritti/:id/unione":                    {"/iscritti/" + member + "/unione", "/iscritti/" + member + "/unione?q=bianchi", "/iscritti/" + member + "/unione?con=" + leaver},
		"/iscritti/:id/dati-personali":            {"/iscritti/" + member + "/dati-personali", "/iscritti/" + leaver + "/dati-personali"},
		"/iscritti/:id/cancellazione":             {"/iscritti/" + member + "/cancellazione", "/iscritti/" + leaver + "/cancellazione"},
		"/iscritti/:id/registro":                  {"/iscritti/" + member + "/registro"},
		"/iscritti/:id/dati":                      {"/iscritti/" + member + "/dati"},
		"/iscritti/:id/stato":                     {"/iscritti/" + member + "/stato"},
		"/iscritti/:id/rinnovi":                   {"/iscritti/" + member + "/rinnovi"},
		"/iscritti/:id/accesso":                   {"/iscritti/" + member + "/accesso"},
		"/iscritti/caselle":                       {"/iscritti/caselle", "/iscritti/caselle?id=" + member, "/iscritti/caselle?tutti=1&casella=to_request"},
		"/iscritti/azioni":                        {"/iscritti/azioni", "/iscritti/azioni?id=" + member, "/iscritti/azioni?tutti=1&stato=active"},
		"/iscritti/stato":                         {"/iscritti/stato", "/iscritti/stato?id=" + member, "/iscritti/stato?tutti=1&stato=active"},
		"/iscritti/elenchi/:id":                   {"/iscritti/elenchi/" + list},
		"/iscritti/elenchi/:id/elimina":           {"/iscritti/elenchi/" + list + "/elimina"},
		"/iscritti/elenchi/nuovo":                 {"/iscritti/elenchi/nuovo?stato=suspended&entro=90"},
		"/caselle/:id":                            {"/caselle/" + mailbox},
		"/caselle/:id/attivazione":                {"/caselle/" + mailbox + "/attivazione"},
		"/caselle/attivazioni":                    {"/caselle/attivazioni", "/caselle/attivazioni?id=" + mailbox},
		"/caselle/:id/rinnovo":                    {"/caselle/" + mailbox + "/rinnovo"},
		"/ordini/rinnovo":                         {"/ordini/rinnovo?casella=" + s.address},
		"/area/rinnovo":                           {"/area/rinnovo", "/area/rinnovo?casella=" + mailbox},
		"/rinnovi/esecuzioni/:id":                 {"/rinnovi/esecuzioni/" + s.renewSample()},
		"/ordini/:id":                             {fmt.Sprintf("/ordini/%d", order)},
		"/ordini/:id/consegna":                    {fmt.Sprintf("/ordini/%d/consegna", order)},
		"/ordini/:id/consegna/annulla":            {fmt.Sprintf("/ordini/%d/consegna/annulla", order)},
		"/ordini/:id/annulla":                     {fmt.Sprintf("/ordini/%d/annulla", order)},
		"/ordini/nuovo":                           {"/ordini/nuovo", "/ordini/nuovo?casella=" + s.address},
		"/credito/nuovo":                          {"/credito/nuovo?q=elena", "/credito/nuovo?casella=" + s.address},
		"/credito/movimenti/:id/storno":           {"/credito/movimenti/" + entry + "/storno"},
		"/credito/:id":                            {"/credito/" + leaver, fmt.Sprintf("/credito/%d", s.member)},
		"/servizi/:id/riaccredito":                {recreditPath(s.refusedSample())},
		"/servizi/:id":                            {fmt.Sprintf("/servizi/%d", service)},
		"/credito/:id/esporta":                    {"/credito/" + leaver + "/esporta", "/credito/" + leaver + "/esporta?formato=pdf"},
		"/area/movimenti/esporta":                 {"/area/movimenti/esporta", "/area/movimenti/esporta?formato=pdf"},
		"/credito/:id/rimborso":                   {"/credito/" + leaver + "/rimborso"},
		"/avvisi/:id":                             {"/avvisi/" + s.messageSample()},
		"/avvisi/:id/lettera":                     {"/avvisi/" + s.messageSample() + "/lettera"},
		"/avvisi/testi/:kind/pdf":                 {"/avvisi/testi/letter_activation/pdf", "/avvisi/testi/letter_diffida/pdf"},
		"/iscritti/etichette":                     {"/iscritti/etichette", "/iscritti/etichette?id=" + member, "/iscritti/etichette?tutti=1&stato=active"},
		"/iscritti/etichette.pdf":                 {"/iscritti/etichette.pdf?id=" + member + "&da=5"},
		"/lettere":                                {"/lettere", "/lettere?iscritto=" + member, "/lettere?tipo=letter_diffida&anno=2018"},
		"/lettere/:id/pdf":                        {"/lettere/" + fmt.Sprint(s.letterSample().ID) + "/pdf"},
		"/lettere/serie/:id/pdf":                  {"/lettere/serie/" + fmt.Sprint(s.letterSample().SetID) + "/pdf"},
		"/lettere/nuove":                          {"/lettere/nuove", "/lettere/nuove?id=" + member, "/lettere/nuove?tipo=letter_activation&senza=1&id=" + member, "/lettere/nuove?tipo=letter_notice&elenco=caselle&stato=expiring"},
		"/avvisi/testi/:kind":                     {"/avvisi/testi/notice", "/avvisi/testi/outcome", "/avvisi/testi/receipt", "/avvisi/testi/credit_short", "/avvisi/testi/recredited", "/avvisi/testi/access_asked", "/avvisi/testi/access_decided", "/avvisi/testi/access_paid", "/avvisi/testi/summary", "/avvisi/testi/letter_closing"},
	}
	maps.Copy(all, s.comparisonSamples())
	maps.Copy(all, s.indexSamples())
	maps.Copy(all, s.subjectSamples())
	maps.Copy(all, s.importSamples())
	maps.Copy(all, s.agreementSamples())
	maps.Copy(all, s.providerSamples())
	return all
}

// TestEveryPageAsEveryRole opens every page as everybody: who may gets a page
// without faults, who may not is told so, who is not signed in comes to the
// log-in.
func TestEveryPageAsEveryRole(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	visitors := map[Role]*visitor{Anyone: s.anyone()}
	for _, role := range []Role{Administrator, Secretariat, Treasurer, ReadOnly, Member} {
		visitors[role] = s.as(role)
	}
	for _, r := range s.routes() {
		if r.method != fiber.MethodGet {
			continue
		}
		addresses, given := s.samples()[r.path]
		if !given {
			addresses = []string{r.path}
		}
		if !given && strings.Contains(r.path, ":") {
			t.Errorf("%s: samples() has no address for it", r.path)
			continue
		}
		for _, address := range addresses {
			for role, v := range visitors {
				t.Run(strings.ReplaceAll(address[1:], "/", "_")+" as "+string(role), func(t *testing.T) {
					this := r
					this.roles = s.rolesOf(r, address)
					opens(t, v.get(address), this, role)
				})
			}
		}
	}
}

// rolesOf are those that may open an address: the route's, or fewer where what
// the page shows is not for all of them.
func (s *testSite) rolesOf(r route, address string) []Role {
	file, batch := s.importSample()
	if strings.HasPrefix(address, file) || address == batch+"/annulla" {
		return clerks
	}
	return r.roles
}

func opens(t *testing.T, a *answer, r route, role Role) {
	t.Helper()
	want := fiber.StatusForbidden
	switch {
	case slices.Contains(r.roles, Anyone) || slices.Contains(r.roles, role):
		want = fiber.StatusOK
	case role == Anyone, role == Member && r.path == "/":
		want = fiber.StatusSeeOther
	}
	if a.status != want && (want != fiber.StatusOK || a.status != fiber.StatusSeeOther) {
		t.Fatalf("status %d, want %d: %s", a.status, want, a.text())
	}
	if a.status == fiber.StatusSeeOther || !a.isPage() {
		return
	}
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
}

// TestLinksLeadSomewhere follows every link from page to page as each role:
// none leads to a page that is not there or not for them.
func TestLinksLeadSomewhere(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	s.logoSample() // an address of its own, which only leads somewhere once there is one
	for _, role := range []Role{Administrator, Secretariat, Treasurer, ReadOnly, Member} {
		t.Run(string(role), func(t *testing.T) {
			v := s.as(role)
			seen := map[string]bool{}
			var ahead []string
			for path, r := range s.paths {
				if !strings.ContainsAny(path, ":*") && slices.Contains(r.roles, role) {
					seen[path] = true
					ahead = append(ahead, path)
				}
			}
			for len(ahead) > 0 && len(seen) < 400 {
				address := ahead[0]
				ahead = ahead[1:]
				a := v.follow(v.get(address))
				if a.status != fiber.StatusOK {
					t.Errorf("%s: status %d: %s", address, a.status, a.text())
					continue
				}
				if !a.isPage() {
					continue
				}
				if err := a.wellFormed(); err != nil {
					t.Errorf("%s: %v", address, err)
				}
				for _, link := range a.links() {
					u, err := url.Parse(link)
					if err != nil {
						t.Errorf("%s: link %q: %v", address, link, err)
						continue
					}
					u.Fragment = ""
					if link = u.String(); !seen[link] {
						seen[link] = true
						ahead = append(ahead, link)
					}
				}
			}
		})
	}
}

// TestMenuShowsOnlyWhatExists: an entry appears with its page, and only to who
// may open it.
func TestMenuShowsOnlyWhatExists(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	s.paths = map[string]route{
		"/":                get("/", operators, nil),
		"/iscritti":        get("/iscritti", operators, nil),
		"/amministrazione": get("/amministrazione", governance, nil),
	}
	titles := func(role Role) string {
		var all []string
		c := s.app.AcquireCtx(requestFor("/iscritti/12"))
		defer s.app.ReleaseCtx(c)
		for _, g := range s.menuFor(c, &Frame{layout: "office", Who: &Who{Role: role}}) {
			for _, e := range g.Entries {
				title := e.Title
				if e.Current {
					title += "*"
				}
				all = append(all, title)
			}
		}
		return strings.Join(all, " ")
	}
	if got, want := titles(Administrator), "Scrivania Iscritti* Amministrazione"; got != want {
		t.Errorf("an administrator sees %q, want %q", got, want)
	}
	if got, want := titles(ReadOnly), "Scrivania Iscritti*"; got != want {
		t.Errorf("a reader sees %q, want %q", got, want)
	}
}
