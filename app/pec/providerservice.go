package pec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// ProviderService is what the Ordine sells of one product, inbox space apart, on
// a mailbox: what somebody has to switch on at the provider. What members buy at
// the provider themselves is there already and not counted. A one-off is handed
// over and is no service.
type ProviderService struct {
	Product  string // code
	Name     string // as it was called when it was bought last
	Quantity int    // of all the services that run now; 0 when all have ended
	SinceOn  Date   // the latest day on which one began, ended or was lowered
	BegunOn  Date   // the latest day on which one of those that run began; zero when none runs
	// Elsewhere says that the last one ended because members buy at the provider
	// from then on: it is theirs to go on or not, and nothing is switched off.
	Elsewhere bool
}

// Total names a product and all that a mailbox shall have of it, as files and
// screens do: "Conservazione a norma, in tutto 10 GB". Where the mailbox's kind has
// some of it of its own, base, what is bought is told from both together:
// "Archivio, aggiuntivo 1 GB, totale 9 GB".
func (p Product) Total(quantity, base int) string {
	amount := func(n int) string {
		if p.Unit == "GB" {
			return fmt.Sprintf("%d GB", n)
		}
		return fmt.Sprint(n)
	}
	switch {
	case base > 0 && quantity == 0:
		return p.Name + ", aggiuntivo da togliere, totale " + amount(base)
	case base > 0:
		return p.Name + ", aggiuntivo " + amount(quantity) + ", totale " + amount(base+quantity)
	case quantity == 0:
		return p.Name + ", da togliere"
	}
	return p.Name + ", in tutto " + amount(quantity)
}

// Base is how much of a product a mailbox of the kind has of its own.
func (k Kind) Base(product string) int {
	switch product {
	case InboxGB:
		return k.BaseInboxGB
	case ArchiveGB:
		return k.BaseArchiveGB
	}
	return 0
}

// TotalCalled is Product.Total of what a request for a service asks, as the
// agreement of the day on which it fell due has product and kind.
func (r Request) TotalCalled(agreements []Agreement) string {
	a, _ := InForce(agreements, r.DueOn)
	kind, _ := a.Kind(r.Kind)
	return ProductCalled(agreements, r.Product, r.DueOn).Total(r.Quantity, kind.Base(r.Product))
}

// wantedServices are the totals of products that the mailbox shall have.
func (m ProviderMailbox) wantedServices() []Request {
	var list []Request
	for _, s := range m.Services {
		if s.Elsewhere && s.Quantity == 0 {
			continue
		}
		list = append(list, Request{MailboxID: m.Mailbox.ID, Operation: AskService, Kind: m.Mailbox.Kind, Product: s.Product, Quantity: s.Quantity, DueOn: s.SinceOn})
	}
	return list
}

// What names what a request is for, as a sentence about it does: "chiusura",
// "servizio Archivio".
func (m ProviderMailbox) What(r Request) string {
	if r.Operation != AskService {
		return r.Operation.Italian()
	}
	return r.Operation.Italian() + " " + m.serviceName(r.Product)
}

func (m ProviderMailbox) serviceName(code string) string {
	if i := slices.IndexFunc(m.Services, func(s ProviderService) bool { return s.Product == code }); i >= 0 {
		return m.Services[i].Name
	}
	return code
}

// Presumed reports that a request stands for what ran before the program asked
// the provider for services: taken for known, and nobody has said that it is so.
func (r Request) Presumed() bool {
	return r.Operation == AskService && r.State == RequestDone && r.AnsweredOn.IsZero()
}

// Provision is where a service is at the provider.
type Provision string

// The states of a service at the provider.
const (
	ProvisionUnknown  Provision = ""         // nobody has said: see Request.Presumed, or bought there
	ProvisionDue      Provision = "due"      // bought, the provider is still to be asked
	ProvisionAsked    Provision = "asked"    // its answer is awaited
	ProvisionActive   Provision = "active"   // there, since a day
	ProvisionRejected Provision = "rejected" // refused
)

// AtProvider says where a service is at the provider. The service runs and is
// paid from its purchase all the same (R13).
type AtProvider struct {
	State  Provision
	On     Date   // since when it is there, when it was asked, when refused; zero while due
	Reason string // of a refusal, as the provider gives it
}

// Italian says it as the screens do, "attivo presso il gestore dal 12/10/2017";
// empty when it is not known.
func (a AtProvider) Italian() string {
	switch a.State {
	case ProvisionDue:
		return "acquistato, in attivazione presso il gestore"
	case ProvisionAsked:
		return "acquistato, in attivazione presso il gestore: chiesto il " + a.On.Italian()
	case ProvisionActive:
		return "attivo presso il gestore dal " + a.On.Italian()
	case ProvisionRejected:
		if a.Reason == "" {
			return "respinto dal gestore, che non ha detto perché"
		}
		return "respinto dal gestore: " + strings.TrimRight(a.Reason, ". ")
	}
	return ""
}

// quantity is the total that a request for space or a service asks for.
func (r Request) quantity() int {
	if r.Operation == AskSpace {
		return r.ExtraGB
	}
	return r.Quantity
}

// AtProvider says where one of the services that run on the mailbox is at the
// provider, given all of them. The provider knows totals only: what it has said
// it has is the oldest services', in the order of purchase.
//
// With 2 GB of archive active since 12/10/2017 and a third bought and asked for on
// 10/01/2018, the first service is active since 12/10/2017 and the other is being
// activated.
func (m ProviderMailbox) AtProvider(services []Service, id int64) AtProvider {
	i := slices.IndexFunc(services, func(s Service) bool { return s.ID == id })
	if i < 0 || services[i].Source != SoldByOrdine {
		return AtProvider{}
	}
	service := services[i]
	want, upTo := m.wantedFor(services, service)
	if at, has := m.activeSince(want, upTo); has {
		switch {
		case at.State == ProvisionActive && at.On.IsZero(): // listed, and there whatever was asked since
			at.On = service.StartedOn
		case at.State == ProvisionActive && at.On.Before(service.StartedOn):
			at.On = m.doneSince(want, service.StartedOn)
		}
		return at
	}
	last, asked := m.latest(want)
	_, due := m.dueTotal(want)
	switch {
	case due || !asked || last.quantity() < upTo:
		return AtProvider{State: ProvisionDue}
	case last.State == RequestRejected:
		return AtProvider{State: ProvisionRejected, On: last.AnsweredOn, Reason: last.Reason}
	}
	return AtProvider{State: ProvisionAsked, On: last.SentOn}
}

// begunOn is the latest day on which a running service of what is wanted began;
// zero when none runs.
func (m ProviderMailbox) begunOn(want Request) Date {
	if want.Operation == AskSpace {
		return m.SpaceBegunOn
	}
	for _, s := range m.Services {
		if s.Product == want.Product {
			return s.BegunOn
		}
	}
	return Date{}
}

// wantedFor is what the mailbox shall have of the thing that a service is of,
// given all that run, and how much of it must be there for the service to be
// there too: itself and what was bought before it.
func (m ProviderMailbox) wantedFor(services []Service, service Service) (want Request, upTo int) {
	want = Request{MailboxID: m.Mailbox.ID, Operation: AskService, Kind: m.Mailbox.Kind, Product: service.Product}
	if service.Product == InboxGB {
		want = m.wantedSpace()
	}
	for _, s := range services {
		if s.Product != service.Product || s.Source != SoldByOrdine || !s.EndedOn.IsZero() {
			continue
		}
		if want.Operation == AskService {
			want.Quantity += s.Quantity
		}
		if c := s.StartedOn.Compare(service.StartedOn); c < 0 || c == 0 && s.ID <= service.ID {
			upTo += s.Quantity
		}
	}
	return want, upTo
}

// Refusal is the request by which the provider refused one of the services that
// run on the mailbox, given all of them. It stands until the provider has the
// service or an operator has it asked for again, also while a later purchase asks
// for a larger total; false when there is none.
//
// With 2 users there and a third refused, a fourth is bought: the next file asks
// for 4 in all, and the refusal of the third stays to be decided.
func (m ProviderMailbox) Refusal(services []Service, id int64) (Request, bool) {
	i := slices.IndexFunc(services, func(s Service) bool { return s.ID == id })
	if i < 0 || services[i].Source != SoldByOrdine || !services[i].EndedOn.IsZero() {
		return Request{}, false
	}
	list := m.refusals(services, services[i])
	if len(list) == 0 {
		return Request{}, false
	}
	return list[len(list)-1], true
}

// refusals are all requests, in the order in which they were sent, by which the
// provider refused a service that it does not have.
func (m ProviderMailbox) refusals(services []Service, service Service) (list []Request) {
	want, upTo := m.wantedFor(services, service)
	if _, has := m.activeSince(want, upTo); has {
		return nil
	}
	for _, r := range m.Requests {
		if r.isOf(want) && r.State == RequestRejected && r.quantity() >= upTo && !r.DueOn.Before(service.StartedOn) {
			list = append(list, r)
		}
	}
	return list
}

// doneSince is the day on which the provider did what a service that began on a
// day made due. One for which there was nothing to ask, in the place of another
// that ended, is there since it began.
func (m ProviderMailbox) doneSince(want Request, began Date) Date {
	for _, r := range m.Requests {
		if r.isOf(want) && r.State == RequestDone && !r.DueOn.Before(began) && !r.AnsweredOn.IsZero() {
			return r.AnsweredOn
		}
	}
	return began
}

// activeSince says since when the provider has had that much of a thing without
// a break; false when it does not have it.
func (m ProviderMailbox) activeSince(want Request, upTo int) (AtProvider, bool) {
	var first Request
	has := false
	for _, r := range slices.Backward(m.Requests) {
		if !r.isOf(want) || r.State != RequestDone {
			continue
		}
		if r.quantity() < upTo {
			return answeredActive(first), has
		}
		first, has = r, true
	}
	if want.Operation == AskSpace && m.ListedGB >= upTo { // the provider's own list told of it
		return AtProvider{State: ProvisionActive}, true
	}
	return answeredActive(first), has
}

func answeredActive(r Request) AtProvider {
	if r.AnsweredOn.IsZero() {
		return AtProvider{}
	}
	return AtProvider{State: ProvisionActive, On: r.AnsweredOn}
}

// PaidLine is what was paid for a service for one period, From included and To
// not.
type PaidLine struct {
	ID       int64
	From, To Date
	Price    Amounts
}

// NotGiven are those of a service's paid lines for whose period the provider did
// not give it on any day, given all services that run: what comes back when the
// service is cancelled because it was refused. Of a service that was never there
// all lines are.
//
// 2 users bought on 10/01/2017 and refused, renewed on 12/10/2017 while nobody had
// decided: both lines come back.
func (m ProviderMailbox) NotGiven(services []Service, id int64, lines []PaidLine) []PaidLine {
	i := slices.IndexFunc(services, func(s Service) bool { return s.ID == id })
	if i < 0 {
		return nil
	}
	want, upTo := m.wantedFor(services, services[i])
	return slices.DeleteFunc(slices.Clone(lines), func(l PaidLine) bool { return m.gave(want, upTo, l.From, l.To) })
}

// gave reports whether the provider had that much of a thing on some day from one
// to another, the latter not included.
func (m ProviderMailbox) gave(want Request, upTo int, from, to Date) bool {
	has := false
	for _, r := range m.Requests {
		if !r.isOf(want) || r.State != RequestDone {
			continue
		}
		on := cmp.Or(r.AnsweredOn, r.DueOn)
		if has && from.Before(on) { // it had it up to this day, in the period too
			return true
		}
		if !on.Before(to) {
			return false
		}
		has = r.quantity() >= upTo
	}
	return has
}

// SettledByRecredit are the refusals that are settled when a refused service is
// cancelled: what is wanted from then on is asked for as if nobody had refused it,
// while a refusal of what was bought before it stands.
func (m ProviderMailbox) SettledByRecredit(services []Service, id int64) []Request {
	i := slices.IndexFunc(services, func(s Service) bool { return s.ID == id })
	if i < 0 {
		return nil
	}
	return m.refusals(services, services[i])
}

// BeforeEnd is the mailbox, and its services, as they were just before one of them
// ended: what was refused and not decided until then can be told from it, also when
// the refusal was given up since for the sake of what still runs. With one that runs
// nothing changes.
//
// 2 users and a third are refused, and the third ends; the 2 are cancelled
// afterwards, or asked for again: what the third cost is still to come back.
func (m ProviderMailbox) BeforeEnd(services []Service, id int64) (ProviderMailbox, []Service) {
	i := slices.IndexFunc(services, func(s Service) bool { return s.ID == id })
	if i < 0 || services[i].EndedOn.IsZero() {
		return m, services
	}
	ended := services[i].EndedOn
	from := ended // what began or fell due from then on came after the end
	if services[i].StartedOn == ended {
		from = ended.AddDays(1) // bought on the day on which it ended: that day's requests ask for it
	}
	then := slices.DeleteFunc(slices.Clone(services), func(s Service) bool {
		return s.ID != id && (!s.StartedOn.Before(from) || !s.EndedOn.IsZero() && s.EndedOn.Before(ended))
	})
	for i := range then {
		then[i].EndedOn, then[i].EndReason = Date{}, ""
	}
	m.Requests = slices.DeleteFunc(slices.Clone(m.Requests), func(r Request) bool { return !r.DueOn.Before(from) })
	for i, r := range m.Requests {
		if last, asked := m.latest(r); r.State == RequestDropped && r.WasRefused && (!asked || last.ID < r.ID) {
			m.Requests[i].State = RequestRejected
		}
	}
	return m, then
}
