package web

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

func (s *site) adminRoutes() []route {
	return []route{
		get("/amministrazione", operators, s.admin),
		get("/amministrazione/controllo", operators, s.checkBooks),
		get("/amministrazione/lavori", operators, s.jobs),
		post("/amministrazione/lavori/:code", clerks, s.runJob),
		get("/amministrazione/salvataggi", clerks, s.backups),
		post("/amministrazione/salvataggi", clerks, s.makeBackup),
		post("/amministrazione/salvataggi/:name", governance, s.takeBackup),
		get("/amministrazione/operatori", governance, s.operatorList),
		get("/amministrazione/operatori/nuovo", governance, s.newOperator),
		post("/amministrazione/operatori/nuovo", governance, s.addOperator),
		get("/amministrazione/operatori/:id", governance, s.operatorForm),
		post("/amministrazione/operatori/:id", governance, s.setOperator),
		get("/amministrazione/operatori/:id/password", governance, s.operatorPassword),
		post("/amministrazione/operatori/:id/password", governance, s.setOperatorPassword),
		get("/amministrazione/registro", governance, s.auditLog),
		get("/amministrazione/registro/esporta", governance, s.auditFile),
	}
}

// latestRuns is how many runs of the nightly job the first page shows.
const latestRuns = 7

type adminPage struct {
	Frame
	Cards  []Card
	Rights []right
	Roles  []string
	Runs   []adminRun
	All    string // where all runs are listed
}

// right is something that some roles may do.
type right struct {
	What string
	Who  string // the roles, for narrow screens
	May  []bool // in the order of office.Roles
}

// rights is who can do what, told by the sets that guard the routes.
func rights() []right {
	var list []right
	for _, r := range []struct {
		what string
		who  []Role
	}{
		{"Guardare albo, caselle, servizi, credito, rinnovi, report", operators},
		{"Importare gli altri file; cambiare iscritti, caselle, servizi; inserire e annullare ordini; salvare elenchi per tutti", clerks},
		{"Registrare pagamenti, anche da un elenco; scrivere il conto per i bonifici; produrre i report", treasury},
		{"Scrivere le convenzioni e le colonne del file per il gestore", contracts},
		{"Fare un salvataggio, eseguire i lavori del programma", clerks},
		{"Portare via un salvataggio, gestire operatori e domini, leggere il registro", governance},
	} {
		var may []bool
		var titles []string
		for _, role := range office.Roles {
			can := (&Who{Role: Role(role)}).May(r.who)
			may = append(may, can)
			if can {
				titles = append(titles, office.RoleItalian(role))
			}
		}
		list = append(list, right{r.what, strings.Join(titles, ", "), may})
	}
	return list
}

// adminRun is a run of the nightly job on one line.
type adminRun struct {
	db.Run
	Href          string
	Who           string
	Outcome, Kind string
}

func (s *site) admin(c *fiber.Ctx) error {
	p := adminPage{Frame: s.frame(c, "Amministrazione"), Rights: rights(), All: s.linkTo(c, "/rinnovi/esecuzioni", "/rinnovi/esecuzioni")}
	for _, role := range office.Roles {
		p.Roles = append(p.Roles, office.RoleItalian(role))
	}
	err := s.read(c, func(tx *db.ReadTx) error {
		if err := s.adminRuns(c, tx, &p); err != nil {
			return err
		}
		return s.adminCards(c, tx, &p)
	})
	if err != nil {
		return err
	}
	return s.show(c, "admin", &p)
}

func (s *site) adminRuns(c *fiber.Ctx, tx *db.ReadTx, p *adminPage) error {
	runs, err := tx.Runs(latestRuns)
	if err != nil {
		return err
	}
	names, err := actorsOf(tx)
	for _, r := range runs {
		line := adminRun{Run: r, Who: names.of(r.Actor), Href: s.linkTo(c, "/rinnovi/esecuzioni/:id", fmt.Sprintf("/rinnovi/esecuzioni/%d", r.ID))}
		line.Outcome, line.Kind = runOutcome(r, s.Now())
		p.Runs = append(p.Runs, line)
	}
	return err
}

// runOutcome tells how a run went; one that has not ended after a while was
// interrupted, and the next one goes on from there (R6).
func runOutcome(r db.Run, now time.Time) (words, kind string) {
	if r.FinishedAt.IsZero() {
		if now.Sub(r.StartedAt) < time.Hour {
			return "In corso", "secondary"
		}
		return "Interrotta", "warning"
	}
	var done office.Renewed
	if err := json.Unmarshal(r.Figures, &done); err != nil {
		return "Finita", ""
	}
	text := fmt.Sprintf("%s, %s", counted(done.Renewed, "casella rinnovata", "caselle rinnovate"), counted(done.Closed, "chiusa", "chiuse"))
	if n := len(done.Failed); n > 0 {
		return text + "; " + counted(n, "non riuscita", "non riuscite"), "danger"
	}
	return text, ""
}

func (s *site) adminCards(c *fiber.Ctx, tx *db.ReadTx, p *adminPage) error {
	if s.mayGet("/amministrazione/operatori", p.Who) {
		list, err := tx.Operators()
		if err != nil {
			return err
		}
		active := 0
		for _, o := range list {
			if o.Active {
				active++
			}
		}
		note := "Chi può entrare come segreteria"
		if n := len(list) - active; n > 0 {
			note = counted(n, "altro non può più entrare", "altri non possono più entrare")
		}
		p.Cards = append(p.Cards, Card{Title: "Operatori", Href: "/amministrazione/operatori", Figure: pec.Thousands(active), Note: note})
	}
	last, err := tx.LatestAudit("database", "backup")
	if err != nil {
		return err
	}
	p.Cards = append(p.Cards, s.backupCard(c, last))
	jobs, err := s.jobsCard(tx)
	if err != nil {
		return err
	}
	p.Cards = append(p.Cards, jobs)
	p.Cards = append(p.Cards, Card{Title: "Controllo dei libri", Href: "/amministrazione/controllo", Figure: "Esegui", Note: "File, saldi, ordini, periodi e costi: si guarda soltanto"})
	if s.mayGet("/amministrazione/domini", p.Who) {
		list, err := tx.Domains()
		if err != nil {
			return err
		}
		p.Cards = append(p.Cards, Card{Title: "Domini PEC", Href: "/amministrazione/domini", Figure: pec.Thousands(len(list)), Note: "In cui si propongono gli indirizzi"})
	}
	if s.mayGet("/amministrazione/conto", p.Who) {
		account, err := tx.BankAccount()
		if err != nil {
			return err
		}
		p.Cards = append(p.Cards, bankAccountCard(account))
	}
	if s.mayGet("/amministrazione/registro", p.Who) {
		today, err := tx.AuditCount(db.AuditFilter{From: p.Today, To: p.Today})
		if err != nil {
			return err
		}
		p.Cards = append(p.Cards, Card{Title: "Registro", Href: "/amministrazione/registro", Figure: pec.Thousands(today), Note: "Voci di oggi: chi ha fatto che cosa"})
	}
	return nil
}

// jobsCard counts the jobs that went wrong the last time.
func (s *site) jobsCard(tx *db.ReadTx) (Card, error) {
	lines, err := s.office.JobLines(tx)
	card := Card{Title: "Lavori", Href: "/amministrazione/lavori", Figure: pec.Thousands(len(lines)), Note: "Rinnovi, avvisi, invio, salvataggio: com’è andata"}
	failed := 0
	for _, l := range lines {
		if l.Run.Failed {
			failed++
		}
	}
	if failed > 0 {
		card.Badge, card.Kind, card.Note = counted(failed, "non riuscito", "non riusciti"), "danger", "L’ultima volta qualcosa non è andato"
	}
	return card, err
}

// backupAge is after how many days without a copy the pages complain.
const backupAge = 7

func (s *site) backupCard(c *fiber.Ctx, last db.AuditEntry) Card {
	card := Card{Title: "Ultimo salvataggio", Href: s.linkTo(c, "/amministrazione/salvataggi", "/amministrazione/salvataggi"), Figure: "Mai",
		Note: "Senza una copia, un guasto farebbe perdere tutto", Badge: "Da fare", Kind: "danger"}
	if last.ID == 0 {
		return card
	}
	made := pec.DateOf(last.At)
	today := pec.DateOf(s.Now())
	card.Figure, card.Note, card.Badge = capital(days(today, made)), "Il "+moment(last.At)+", provato rileggendolo", ""
	if made.DaysUntil(today) > backupAge {
		card.Badge, card.Kind = "Da rifare", "warning"
	}
	return card
}

type checkPage struct {
	Frame
	Found []string
	At    time.Time
}

// checkBooks looks whether file and books are whole; it changes nothing.
func (s *site) checkBooks(c *fiber.Ctx) error {
	p := checkPage{Frame: s.frame(c, "Controllo dei libri", Crumb{"Amministrazione", "/amministrazione"}), At: s.Now()}
	p.Lead = "Eseguito ora, senza cambiare nulla."
	var err error
	if p.Found, err = s.office.Check(ctx(c)); err != nil {
		return err
	}
	return s.show(c, "admincheck", &p)
}

type backupsPage struct {
	Frame
	Files  []backupLine
	Folder string
}

type backupLine struct {
	office.BackupFile
	Size string
}

func (s *site) backups(c *fiber.Ctx) error {
	p, err := s.backupsPage(c)
	if err != nil {
		return err
	}
	return s.show(c, "adminbackups", p)
}

func (s *site) backupsPage(c *fiber.Ctx) (*backupsPage, error) {
	p := &backupsPage{Frame: s.frame(c, "Salvataggi", Crumb{"Amministrazione", "/amministrazione"}), Folder: office.BackupFolder}
	files, err := s.office.Backups()
	for _, f := range files {
		p.Files = append(p.Files, backupLine{f, sizeOf(f.Bytes)})
	}
	return p, err
}

func (s *site) makeBackup(c *fiber.Ctx) error {
	made, err := s.office.MakeBackup(ctx(c), who(c).Actor())
	if problem := pec.AsProblem(err); problem != nil {
		p, perr := s.backupsPage(c)
		if perr != nil {
			return perr
		}
		f := formOf(c)
		f.add(problem)
		return s.refuse(c, "adminbackups", p, f)
	}
	if err != nil {
		return err
	}
	return s.done(c, "/amministrazione/salvataggi", "Il salvataggio è fatto.", "«"+made.Name+"» è stato riaperto e controllato: è integro.")
}

// takeBackup sends a copy away; it is a POST because the log keeps who took it.
func (s *site) takeBackup(c *fiber.Ctx) error {
	file, info, err := s.office.TakeBackup(ctx(c), who(c).Actor(), c.Params("name"))
	if err != nil {
		return err
	}
	c.Attachment(info.Name)
	c.Set(fiber.HeaderContentType, fiber.MIMEOctetStream)
	return c.SendStream(file, int(info.Bytes)) // closes the file
}

// sizeOf writes a file's size: "4,2 MB".
func sizeOf(bytes int64) string {
	const mb = 1 << 20
	if bytes < mb {
		return fmt.Sprintf("%d%skB", (bytes+1023)/1024, nbsp)
	}
	return strings.Replace(fmt.Sprintf("%.1f%sMB", float64(bytes)/mb, nbsp), ".", ",", 1)
}
