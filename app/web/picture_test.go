package web

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"albopec/app/office"
	"albopec/app/pec"
)

// elements lists the elements of a tag, or with a class when it begins with ".".
func elements(n *html.Node, what string) []*html.Node {
	var found []*html.Node
	class, byClass := strings.CutPrefix(what, ".")
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && (!byClass && d.Data == what || byClass && slices.Contains(strings.Fields(attribute(d, "class")), class)) {
			found = append(found, d)
		}
	}
	return found
}

// Who does not see the pictures reads the same in the lists beside them: every
// topic has a picture, every drawing a name, every number on it an entry of its
// list, and no word is in a drawing only.
func TestGuidePicturesAreToldInWords(t *testing.T) {
	v := newTestSite(t, "2018-07-01").as(ReadOnly)
	for _, topic := range guideTopics {
		page := v.get(topic.Path()).must(200)
		figures := page.all("figure")
		if len(figures) == 0 {
			t.Errorf("%s has no picture", topic.Slug)
		}
		if n := len(page.all("img")) + len(page.all("image")); n > 0 {
			t.Errorf("%s: %d pictures that are no drawing", topic.Slug, n)
		}
		for _, f := range figures {
			captions, lists := elements(f, "figcaption"), elements(f, "ol")
			if len(captions) != 1 || textOf(captions[0]) == "" || len(lists) != 1 || len(elements(lists[0], "li")) < 2 {
				t.Fatalf("%s: a picture without a caption or its list: %s", topic.Slug, textOf(f))
			}
			caption := textOf(captions[0])
			for _, svg := range elements(f, "svg") {
				titles := elements(svg, "title")
				if attribute(svg, "role") != "img" || len(titles) != 1 || textOf(titles[0]) == "" || attribute(svg, "aria-labelledby") != attribute(titles[0], "id") {
					t.Errorf("%s, %s: the drawing has no name", topic.Slug, caption)
				}
				numbers, told := elements(svg, ".dot"), elements(lists[0], "li")
				for i, n := range numbers {
					if textOf(n) != fmt.Sprint(i+1) {
						t.Errorf("%s, %s: number %d says %s", topic.Slug, caption, i+1, textOf(n))
					}
				}
				if len(numbers) != len(told) {
					t.Errorf("%s, %s: %d numbers and %d entries", topic.Slug, caption, len(numbers), len(told))
				}
				for _, word := range sketchWords(svg) {
					if !strings.Contains(strings.ToLower(textOf(lists[0])), strings.ToLower(word)) {
						t.Errorf("%s, %s: %q is only drawn", topic.Slug, caption, word)
					}
				}
			}
		}
	}
}

// sketchWords are what is written in a drawing, but for numbers and the months of
// a line of days, which its list gives with each day.
func sketchWords(svg *html.Node) []string {
	var words []string
	for _, text := range elements(svg, "text") {
		if text.Parent != nil && attribute(text.Parent, "class") == "dot" || strings.Contains(attribute(text, "class"), "lab") {
			continue
		}
		words = append(words, textOf(text))
	}
	return words
}

// The sketches show the headings that the pages have.
func TestGuideSketchesShowThePagesAsTheyAre(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	operator, member := s.as(Secretariat), s.as(Member)
	for _, c := range []struct {
		topic string
		page  *answer
		words int
	}{
		{"primi-passi", operator.get("/"), 4},
		{"iscritti", operator.get(fmt.Sprint("/iscritti/", s.member)), 5},
		{"area", member.get("/area"), 5},
	} {
		var headings []string
		for _, h := range c.page.must(200).all("h2") {
			headings = append(headings, strings.ToLower(textOf(h)))
		}
		drawn := sketchWords(operator.get("/guida/"+c.topic).must(200).find("svg", "viewBox", sketchBoxes[c.topic]))
		if len(drawn) != c.words {
			t.Errorf("%s draws %q", c.topic, drawn)
		}
		for _, words := range drawn {
			for word := range strings.SplitSeq(strings.ToLower(words), ", ") {
				if !slices.Contains(headings, word) {
					t.Errorf("%s draws %q, the page has %q", c.topic, word, headings)
				}
			}
		}
	}
}

var sketchBoxes = map[string]string{"primi-passi": "0 0 400 330", "iscritti": "0 0 400 310", "area": "0 0 260 430"}

// What the pictures say is what the rules decide.
func TestGuidePicturesSayWhatTheRulesDecide(t *testing.T) {
	v := newTestSite(t, "2018-07-01").as(ReadOnly)
	agreement, err := pec.ReadAgreement([]byte(fullYearAgreement))
	if err != nil {
		t.Fatal(err)
	}
	agreement.ID = 1
	dearer := agreement
	dearer.Products = slices.Clone(agreement.Products)
	dearer.Products[0].YearlyPrice = 300
	quote := func(a pec.Agreement, day string) string {
		q, err := a.Quote(pec.QuoteRequest{On: pec.Day(day), Expires: pec.Day("2018-10-12"), Product: pec.InboxGB, Quantity: 1, Kind: "standard"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return q.Price.Gross.Euro()
	}
	expiry := pec.Day("2018-10-12")
	before := func(days int) string { return expiry.AddDays(-days).Italian() }
	grace, waiting := 60, pec.WaitingOrder{OrderedOn: pec.Day("2018-03-01")}
	notice := pec.FormalNotice{SentOn: pec.Day("2018-09-05"), DeliveredOn: pec.Day("2018-09-10")}
	paused := notice
	paused.Pauses = []pec.NoticePause{{From: pec.Day("2018-09-20"), To: pec.Day("2018-09-30")}}
	two, one := agreement.YearPrice(agreement.Products[0], 2, 1), agreement.YearPrice(agreement.Products[0], 1, 1)

	for _, c := range []struct{ topic, what, by, says, in string }{
		{"rinnovi", "a purchase of December", quote(agreement, "2017-12-07"), "3,05 €", "2,50 € + IVA 0,55 € = 3,05 €"},
		{"rinnovi", "the last day before the free window", quote(agreement, "2018-07-11"), "3,05 €", "12/10/2017 – 11/07/2018: Chi acquista paga l’anno intero"},
		{"rinnovi", "the first free day", quote(agreement, "2018-07-12"), "0,00 €", "12/07/2018 – 11/10/2018: Periodo gratuito"},
		{"rinnovi", "the expiry", pec.Expiry(pec.Day("2017-10-12"), pec.Day("2017-10-12"), 1).Italian(), "12/10/2018", "12/10/2018: Scadenza"},
		{"rinnovi", "the first notice", before(90), "14/07/2018", "14/07/2018: 90 giorni prima"},
		{"rinnovi", "the second notice", before(60), "13/08/2018", "13/08/2018: 60 giorni prima"},
		{"rinnovi", "the third notice", before(30), "12/09/2018", "12/09/2018: 30 giorni prima"},
		{"rinnovi", "the fourth notice", before(15), "27/09/2018", "27/09/2018: 15 giorni prima"},
		{"rinnovi", "the fifth notice", before(7), "05/10/2018", "05/10/2018: 7 giorni prima"},
		{"rinnovi", "the steps", fmt.Sprint(agreement.NoticeDays), "[90 60 30 15 7 0]", "12/10/2018: Il giorno stesso"},
		{"iscritti", "a leaver", pec.LeaverClosesOn(expiry, pec.Day("2018-03-01"), pec.Day("2018-03-01"), &grace).Italian(), "30/04/2018", "30/04/2018: La casella si chiude"},
		{"iscritti", "a leaver without a limit", pec.LeaverClosesOn(expiry, pec.Day("2018-03-01"), pec.Day("2018-03-01"), nil).Italian(), "12/10/2018", "12/10/2018: La scadenza che la casella aveva"},
		{"domicilio", "a formal notice", notice.LastDay(expiry).Italian(), "10/10/2018", "11/09/2018 – 10/10/2018: Trenta giorni"},
		{"domicilio", "the day after", notice.State(pec.Day("2018-10-11"), pec.Member{Status: pec.MemberActive}, false).Italian(), "per il Consiglio", "11/10/2018: Per il Consiglio"},
		{"domicilio", "ten days of pause", paused.LastDay(expiry).Italian(), "20/10/2018", "li porterebbero al 20/10/2018"},
		{"pagamenti", "the last day to pay", waiting.PayBy(expiry).Italian(), "31/03/2018", "L’ultimo giorno è il 31/03/2018"},
		{"pagamenti", "the day it lapses", waiting.LapsesOn(expiry).Italian(), "01/04/2018", "01/04/2018: Decade"},
		{"convenzioni", "the first agreement", quote(agreement, "2017-12-07"), "3,05 €", "dal 01/01/2018: Seconda convenzione, 3,00 € al GB"},
		{"convenzioni", "a dearer agreement", quote(dearer, "2017-12-07"), "3,66 €", "3,00 € + IVA 0,66 € = 3,66 €"},
		{"confronto", "a GB more there", (two.Gross - one.Gross).Euro(), "3,05 €", "3,05 € lordi all’anno"},
		{"avvisi", "attempts", fmt.Sprint(pec.MaxAttempts), "8", "per otto tentativi in tutto"},
	} {
		if plainSpaces(c.by) != c.says {
			t.Errorf("%s: %s is %s, not %s", c.topic, c.what, c.by, c.says)
		}
		v.get("/guida/" + c.topic).must(200).says(c.in)
	}
	for _, j := range office.Jobs {
		at := fmt.Sprintf("%02d:%02d %s", j.Hour, j.Minute, j.Title)
		if j.Every > 0 {
			at = "L’invio dei messaggi si ripete ogni minuto"
		}
		v.get("/guida/amministrazione").must(200).says(at)
	}
}

// Seven euro and three times something to pay: at an expiry who is not covered is
// passed over, among orders that wait nobody is.
func TestGuideTellsExpiryFromWaitingOrders(t *testing.T) {
	v := newTestSite(t, "2018-07-01").as(ReadOnly)
	agreement, err := pec.ReadAgreement([]byte(fullYearAgreement))
	if err != nil {
		t.Fatal(err)
	}
	box := pec.Mailbox{ID: 1, Kind: "standard", Status: pec.MailboxActive, AnchorOn: pec.Day("2017-10-12"), ActivatedOn: pec.Day("2017-10-12"), ExpiresOn: pec.Day("2018-10-12"), TermYears: 1, AutoRenew: true}
	book := pec.Book{Status: pec.MemberActive, Credit: 700, Mailboxes: []pec.Mailbox{box}}
	renews, waits := book, book
	for i, quantity := range []int{1, 2, 1} {
		id := int64(i + 1)
		renews.Services = append(renews.Services, pec.Service{ID: id, MailboxID: 1, Product: pec.InboxGB, Quantity: quantity, NextQuantity: quantity, StartedOn: pec.Day("2017-12-07"), ExpiresOn: box.ExpiresOn, AutoRenew: true, Source: pec.SoldByOrdine})
		waits.Waiting = append(waits.Waiting, pec.WaitingOrder{ID: id, MailboxID: 1, Product: pec.InboxGB, Quantity: quantity, Gross: pec.Cents(305 * quantity), OrderedOn: pec.Day("2018-03-01"), Agreement: agreement})
	}
	var became []string
	events, after := pec.Renewals(renews, []pec.Agreement{agreement}, box.ExpiresOn)
	for _, e := range events {
		if e.ServiceID != 0 {
			became = append(became, fmt.Sprint(e.ServiceID, " ", e.Kind))
		}
	}
	if got := strings.Join(became, ", "); got != "1 service_renewed, 2 service_ended, 3 service_renewed" || after.Credit != 90 {
		t.Errorf("on the expiry: %s, %s left", got, after.Credit.Euro())
	}
	events, after = pec.CompleteWaiting(waits, pec.Day("2018-03-05"))
	if len(events) != 1 || events[0].OrderID != 1 || len(after.Waiting) != 2 || after.Credit != 395 {
		t.Errorf("waiting: %+v, %s left", events, after.Credit.Euro())
	}
	v.get("/guida/servizi").must(200).says("Alla scadenza: credito 7,00 €", "Primo: 1 GB, 3,05 €", "Restano 3,95 €", "Secondo: 2 GB, 6,10 €", "3,95 € non bastano: cessa", "Terzo: 1 GB, 3,05 €", "Restano 0,90 €")
	v.get("/guida/pagamenti").must(200).says("Arrivano 7,00 €", "Il più vecchio: 3,05 €", "Si completa. Restano 3,95 €", "Il secondo: 6,10 €", "ci si ferma qui", "Il terzo: 3,05 €", "Aspetta anch’esso")

	// A payment that covers the order of a suspended mailbox cancels it.
	waits.Credit, waits.Mailboxes = 305, []pec.Mailbox{box}
	waits.Mailboxes[0].Status = pec.MailboxSuspended
	if events, after = pec.CompleteWaiting(waits, pec.Day("2018-03-05")); len(events) != 1 || events[0].Kind != pec.EventOrderRefused || after.Credit != 305 {
		t.Errorf("suspended: %+v, %s left", events, after.Credit.Euro())
	}
	v.get("/guida/pagamenti").must(200).says("Non può più cominciare", "la casella è sospesa, o lo spazio supererebbe il massimo: il programma annulla l’ordine, e la somma resta credito.", "lo annulla il programma quando un pagamento lo copre")
}

// A line of days is to scale, and numbers that would touch stand one above the
// other. Hundred days on 620 units: ten of them are 62.
func TestDayLineIsToScale(t *testing.T) {
	event := func(day string) LineEvent {
		e, err := onDay(day, "Fatto", "")
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	stretch, err := fromTo("2018-01-31", "2018-02-09", "free", "Dieci giorni", "")
	if err != nil {
		t.Fatal(err)
	}
	open, err := fromTo("2018-04-01", "", "", "Da qui in poi", "")
	if err != nil {
		t.Fatal(err)
	}
	line, err := dayLine("Prova: cento giorni", "2018-01-01", "2018-04-11", event("2018-01-11"), event("2018-01-13"), stretch, open)
	if err != nil {
		t.Fatal(err)
	}
	var dots []string
	for _, d := range line.Drawing.Dots {
		dots = append(dots, d.X+" "+d.Y)
	}
	if got, want := strings.Join(dots, ", "), "62.0 57.0, 74.4 19.0, 217.0 57.0, 589.0 57.0"; got != want {
		t.Errorf("numbers at %s, not %s", got, want)
	}
	if got := fmt.Sprint(line.Drawing.Spans); got != "[{186.0 62.0 span free} {558.0 62.0 span}]" {
		t.Errorf("stretch %s", got)
	}
	if line.ID != "figura-prova-cento-giorni" || line.Events[2].Days() != "31/01/2018 – 09/02/2018" || line.Events[3].Days() != "dal 01/04/2018" {
		t.Errorf("%q, %q", line.ID, line.Events[2].Days())
	}
	if _, err := dayLine("Fuori", "2018-01-01", "2018-04-11", event("2018-04-12")); err == nil {
		t.Error("a day outside of its line was drawn")
	}
}
