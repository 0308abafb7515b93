package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

type demoCmd struct {
	Listen  string `default:"127.0.0.1:8080" placeholder:"INDIRIZZO" help:"Dove ascoltare (predefinito: ${default})."`
	NoServe bool   `help:"Crea tutto e finisce, senza servire le pagine."`
	Members int    `default:"500" placeholder:"N" help:"Quanti iscritti (predefinito: ${default})."`
}

// The invented Ordine. Its domains end in .example, its people do not exist.
const (
	demoName     = "Ordine degli Ingegneri della Provincia di Valdoro"
	demoDomain   = "pec.ordine-valdoro.example"
	demoPassword = "prova-valdoro"
	demoOut      = "out"
)

var demoOperators = []struct{ email, name, role string }{
	{"admin@ordine-valdoro.example", "Paola Serventi", office.RoleAdministrator},
	{"segreteria@ordine-valdoro.example", "Giulia Ferretti", office.RoleSecretariat},
	{"tesoriere@ordine-valdoro.example", "Marco Belluno", office.RoleTreasurer},
	{"lettura@ordine-valdoro.example", "Irene Costa", office.RoleReader},
}

// demoAgreement is the sort of agreement most Ordini have: full year with three
// months free, 2,50 € a GB.
const demoAgreement = `{
	"name": "Convenzione PEC dell’Ordine di Valdoro", "provider": "Gestore PEC", "starts_on": "%s", "vat_rate": "22",
	"policy": "full_year", "free_window_months": 3, "notice_days": [90, 60, 30, 15, 7, 0], "leaver_grace_days": 60, "sold_by": "ordine",
	"kinds": [{"code": "standard", "name": "Standard", "base_inbox_gb": 1, "base_archive_gb": 0, "max_inbox_gb": 5,
		"yearly_price": "5.00", "paid_by": "ordine", "terms": [1]}],
	"products": [{"code": "inbox_gb", "name": "Spazio Extra Inbox", "unit": "GB", "yearly_price": "2.50", "kinds": ["standard"]}]
}`

func (cmd *demoCmd) Run(c *call) error {
	if cmd.Members < 1 || cmd.Members > 100_000 {
		return usageError("--members vuole un numero da 1 a 100000")
	}
	if !cmd.NoServe { // rather now than after all that work
		listener, err := listen(cmd.Listen)
		if err != nil {
			return err
		}
		listener.Close()
	}
	if err := makeWay(c.db); err != nil {
		return err
	}
	d, err := db.Create(c.db)
	if err != nil {
		return err
	}
	c.open = d
	o := c.at(d)
	g := &demo{call: c, office: o, members: cmd.Members, random: rand.New(rand.NewPCG(1, 2)), today: o.Today()}
	if err := g.play(); err != nil {
		return err
	}
	out := map[string]any{"db": c.db, "members": cmd.Members, "user": demoOperators[0].email, "mailbox": g.login, "password": demoPassword}
	if cmd.NoServe {
		return c.print(out, "%s", g.logins())
	}
	return c.serve(o, serveCmd{Listen: cmd.Listen}, func(address string) error {
		out["address"] = "http://" + address
		return c.print(out, "%s\n\nalbopec è su http://%s (Ctrl+C per fermarlo)", g.logins(), address)
	})
}

// makeWay removes the database of an earlier demo, and refuses to touch any
// other.
func makeWay(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && info.IsDir() {
		return whole(path)
	}
	d, err := db.Open(path)
	if err != nil {
		return err
	}
	var body db.OrderBody
	err = d.Read(context.Background(), func(tx *db.ReadTx) (err error) {
		body, err = tx.OrderBody()
		return err
	})
	if cerr := d.Close(); err == nil {
		err = cerr
	}
	if err != nil && pec.AsProblem(err) == nil {
		return err
	}
	// A demo that was interrupted before its Ordine was written has no name yet.
	if body.Name != demoName && body.Name != "" {
		return pec.Refuse("database_exists", "Il database «%s» è di %s: per la dimostrazione ne scelga un altro con --db.", path, body.Name)
	}
	if err := db.Alone(context.Background(), path); err != nil {
		return err
	}
	for _, tail := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + tail); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("removing the earlier demo: %w", err)
		}
	}
	return nil
}

// demo plays an invented Ordine through a year and a half.
type demo struct {
	*call
	office  *office.Office
	random  *rand.Rand
	members int
	today   pec.Date // the real one; all that is invented lies before it
	login   string   // a member's mailbox whose password is set
}

// on turns the calendar to a day; its clock shows nine in the morning and goes
// on a second at each look.
func (g *demo) on(day pec.Date) {
	g.office.Today = func() pec.Date { return day }
	now := time.Date(day.Year, day.Month, day.Day, 9, 0, 0, 0, pec.Rome)
	g.office.Now = func() time.Time {
		now = now.Add(time.Second)
		return now
	}
}

// demoMailer plays the mail server of the days that are invented: nothing is
// sent. Now and then it does not know the recipient.
type demoMailer struct{}

func (demoMailer) Sender() string { return demoOperators[1].email }

func (demoMailer) Send(_ context.Context, m pec.Mail) pec.MailResult {
	if strings.Contains(m.To, "13@") {
		return pec.MailResult{Outcome: pec.MailRefused, Reply: "Destinatario non accettato: 550 5.1.1 casella inesistente"}
	}
	return pec.MailResult{Outcome: pec.MailAccepted, Reply: "250 2.0.0 OK"}
}

func (g *demo) play() error {
	begin := g.today.AddMonths(-18).FirstOfMonth()
	g.on(begin)
	real := g.at(g.open)
	g.office.Mailer = demoMailer{}
	defer func() { g.office.Today, g.office.Now, g.office.Mailer = real.Today, real.Now, nil }()
	if err := g.found(begin); err != nil {
		return err
	}
	if err := g.importRegister(begin); err != nil {
		return err
	}
	days := begin.DaysUntil(g.today)
	if err := g.requestAllBut(2 * g.latecomers()); err != nil {
		return err
	}
	for i := range days {
		day := begin.AddDays(i)
		g.on(day)
		if days-i == 6 { // a few requests wait for the provider today, a few members for a request
			if err := g.requestAllBut(g.latecomers()); err != nil {
				return err
			}
		}
		if err := g.provider(day); err != nil {
			return fmt.Errorf("the provider on %s: %w", day, err)
		}
		if err := g.playDay(day); err != nil {
			return fmt.Errorf("playing %s: %w", day, err)
		}
		g.progress(i+1, days)
	}
	g.office.Today, g.office.Now = real.Today, real.Now
	if err := g.setLogin(); err != nil {
		return err
	}
	for _, year := range []int{g.today.Year - 1, g.today.Year} {
		out, err := writeReport(g.call, g.office, year, demoOut)
		if err != nil {
			return err
		}
		g.tell("Report %d: %s, %s", year, out.XLSX, out.PDF)
	}
	return nil
}

// tell is progress too: files are told at a terminal only.
func (g *demo) tell(format string, args ...any) {
	if isTerminal(g.stderr) {
		g.note(format, args...)
	}
}

func (g *demo) progress(done, all int) {
	if isTerminal(g.stderr) {
		fmt.Fprintf(g.stderr, "\rGiorno %d di %d", done, all)
		if done == all {
			fmt.Fprintln(g.stderr)
		}
	}
}

// found writes the Ordine, its operators and its agreement.
func (g *demo) found(begin pec.Date) error {
	first := demoOperators[0]
	if err := g.office.Init(g.ctx, office.ActorCommand, office.NewOrdine{Name: demoName, Domain: demoDomain, Admin: first.email, Password: demoPassword}); err != nil {
		return err
	}
	for _, op := range demoOperators[1:] {
		if err := g.office.AddOperator(g.ctx, office.ActorCommand, op.email, op.name, op.role, demoPassword); err != nil {
			return err
		}
	}
	a, err := pec.ReadAgreement(fmt.Appendf(nil, demoAgreement, pec.StartOfYear(begin.Year)))
	if err != nil {
		return err
	}
	_, err = g.office.SetAgreement(g.ctx, office.ActorCommand, a)
	return err
}

// importRegister writes the register as a secretariat exports it and imports it
// from there, by the same way as any file.
func (g *demo) importRegister(begin pec.Date) error {
	if err := os.MkdirAll(demoOut, 0o755); err != nil {
		return fmt.Errorf("making %s: %w", demoOut, err)
	}
	path := filepath.Join(demoOut, "albo-valdoro.csv")
	data, err := demoRegister(g.random, g.members, begin)
	if err != nil {
		return err
	}
	if err := writeFile(path, data); err != nil {
		return err
	}
	r, err := g.office.WriteImport(g.ctx, office.ActorCommand, office.ImportMembers, office.ImportFile{Name: filepath.Base(path), Data: data}, "", false)
	if err != nil {
		return err
	}
	g.tell("Importati %d iscritti da %s.", r.Created, path)
	return nil
}

// latecomers is how many members have their mailbox requested only days ago,
// and how many still have none.
func (g *demo) latecomers() int { return g.members / 70 }

// requestAllBut asks for the mailboxes of the members who should have one and
// have none, the last few left out.
func (g *demo) requestAllBut(last int) error {
	var ids []int64
	err := g.office.DB.Read(g.ctx, func(tx *db.ReadTx) error {
		list, err := tx.MembersToProvision(0)
		for _, m := range list[:max(len(list)-last, 0)] {
			ids = append(ids, m.ID)
		}
		return err
	})
	if err != nil {
		return err
	}
	_, _, err = g.office.ProvisionMembers(g.ctx, g.clerk(), "", ids, false)
	return err
}

// playDay is one day of the Ordine: the night's renewals, the morning's notices,
// then payments, purchases, and now and then somebody leaves; in
// the end what waits is sent.
func (g *demo) playDay(day pec.Date) error {
	if _, err := g.office.Renew(g.ctx, office.ActorNight, day.AddDays(-1)); err != nil {
		return err
	}
	if _, err := g.office.RaiseNotices(g.ctx, office.ActorNight, false); err != nil {
		return err
	}
	if _, err := g.office.Summarise(g.ctx, office.ActorNight); err != nil {
		return err
	}
	if err := g.live(); err != nil {
		return err
	}
	_, err := g.office.SendMail(g.ctx, office.ActorNight)
	return err
}

// live is what people do on a day.
func (g *demo) live() error {
	active, err := g.active()
	if err != nil || len(active) == 0 {
		return err
	}
	// About a third of the holders buy something in the time that is played.
	for range g.some(float64(len(active)) / 900) {
		if err := g.buy(active[g.random.IntN(len(active))]); err != nil {
			return err
		}
	}
	for range g.some(float64(len(active)) / 2500) {
		box := active[g.random.IntN(len(active))]
		if err := g.pay(box.Address, []pec.Cents{305, 610, 1000, 1220, 2000}[g.random.IntN(5)]); err != nil {
			return err
		}
	}
	for range g.some(float64(len(active)) / 12000) {
		box := active[g.random.IntN(len(active))]
		status := []pec.MemberStatus{pec.MemberCancelled, pec.MemberTransferred, pec.MemberDeceased, pec.MemberSuspended}[g.random.IntN(4)]
		if _, err := g.office.ChangeMemberStatus(g.ctx, g.clerk(), box.MemberID, office.StatusChange{Status: status, Reason: "delibera del Consiglio"}); err != nil {
			return err
		}
	}
	return nil
}

// some is how often something happens today, when it happens so often on
// average.
func (g *demo) some(average float64) int {
	n := int(average)
	if g.random.Float64() < average-float64(n) {
		n++
	}
	return n
}

func (g *demo) clerk() string { return "operatore:" + demoOperators[1].email }

// provider sends the month's requests on the 3rd and takes the provider's
// answers in on the 21st: closings and space at once, activations over the first
// months, and now and then one that it refuses.
func (g *demo) provider(day pec.Date) error {
	switch day.Day {
	case 3:
		_, err := g.office.SendToProvider(g.ctx, g.clerk(), "", "", false)
		return err
	case 21:
	default:
		return nil
	}
	var awaited []db.RequestListed
	err := g.office.DB.Read(g.ctx, func(tx *db.ReadTx) (err error) {
		awaited, err = tx.RequestList(db.RequestFilter{State: "awaited"})
		return err
	})
	if err != nil || len(awaited) == 0 {
		return err
	}
	file := "Riferimento;Operazione;Esito;Data;Motivo\r\n"
	activations := 0
	for _, r := range awaited {
		on, outcome, reason := day.AddDays(-g.random.IntN(min(15, r.SentOn.DaysUntil(day)+1))), "OK", ""
		if r.Operation == pec.AskActivate {
			if activations++; activations > max(15, g.members/7) {
				continue
			}
			if g.random.IntN(60) == 0 {
				outcome, reason = "KO", "codice fiscale non allineato con l’Anagrafe tributaria"
			}
		}
		file += strings.Join([]string{r.Reference(), r.Operation.Italian(), outcome, on.Italian(), reason}, ";") + "\r\n"
	}
	name := fmt.Sprintf("esiti-%s.csv", day)
	_, err = g.office.WriteImport(g.ctx, g.clerk(), office.ImportOutcomes, office.ImportFile{Name: name, Data: []byte(file)}, "", false)
	return err
}

func (g *demo) active() ([]db.MailboxListed, error) {
	var list []db.MailboxListed
	err := g.office.DB.Read(g.ctx, func(tx *db.ReadTx) error {
		all, err := tx.MailboxList(db.MailboxFilter{Status: string(pec.MailboxActive)})
		for _, m := range all {
			if m.MemberStatus == pec.MemberActive {
				list = append(list, m)
			}
		}
		return err
	})
	return list, err
}

// buy lets a holder buy space: most pay what is missing, some let the order
// wait. What a rule refuses is left alone.
func (g *demo) buy(box db.MailboxListed) error {
	done, err := g.office.Order(g.ctx, fmt.Sprintf("iscritto:%d", box.MemberID), office.Purchase{
		Address: box.Address, Product: pec.InboxGB, Quantity: 1 + g.random.IntN(2), ByMember: box.MemberID, Accepted: pec.TermCodes(),
	})
	if pec.AsProblem(err) != nil {
		return nil
	}
	waits := g.random.IntN(12) == 0 || g.office.Today().AddDays(12).After(g.today)
	if err != nil || done.Missing == 0 || waits {
		return err
	}
	amount := done.Missing
	if g.random.IntN(3) > 0 {
		amount += 1000 // most put something aside for the renewal
	}
	return g.pay(box.Address, amount)
}

func (g *demo) pay(address string, amount pec.Cents) error {
	_, err := g.office.TopUp(g.ctx, g.clerk(), office.Payment{
		Address: address, Amount: amount, Method: []pec.TopUpMethod{pec.ByBankTransfer, pec.ByPagoPA, pec.ByCounter}[g.random.IntN(3)],
		Reference: fmt.Sprintf("%015d", g.random.Int64N(1e15)),
	})
	return err
}

// setLogin gives a password to a member who has bought space and has credit.
func (g *demo) setLogin() error {
	active, err := g.active()
	if err != nil || len(active) == 0 {
		return err
	}
	best := active[0]
	err = g.office.DB.Read(g.ctx, func(tx *db.ReadTx) error {
		for _, m := range active {
			credit, err := tx.Balance(m.MemberID)
			if err != nil {
				return err
			}
			if m.ExtraGB > 0 && m.ExtraGB < 3 && credit > 0 && m.ExpiresOn.After(g.today.AddDays(120)) {
				best = m
				break
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	g.login = best.Address
	return g.office.SetMemberPassword(g.ctx, office.ActorCommand, g.login, demoPassword)
}

func (g *demo) logins() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\nLa password è per tutti «%s».\n", demoName, demoPassword)
	for _, op := range demoOperators {
		fmt.Fprintf(&b, "  %-16s %s\n", office.RoleItalian(op.role), op.email)
	}
	fmt.Fprintf(&b, "  %-16s %s", "Iscritto", g.login)
	return b.String()
}
