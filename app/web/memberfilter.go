package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/pec"
	"albopec/db"
)

// memberListing is where the register's list stands: filters, order and columns
// as the address or a saved list has them.
type memberListing struct{ listing }

// memberFilters are the filters of the register by their names in the address,
// in the order of the chips.
var memberFilters = []string{"q", "stato", "gruppo", "casella", "entro", "scade_dal", "scade_al", "iscritti_dal", "iscritti_al", "email", "comune", "provincia"}

// moreFilters are those that stand folded away until one is in force.
var moreFilters = memberFilters[4:]

func memberListingOf(c *fiber.Ctx) memberListing {
	return memberListing{listingOf(c, "/iscritti", append([]string{"ordina", "colonne"}, memberFilters...)...)}
}

// savedListing is a saved list's.
func savedListing(query string) memberListing {
	values, _ := url.ParseQuery(query) // it was written by Encode
	return memberListing{listing{"/iscritti", values}}
}

// suspensionOver is the filter of the suspensions whose last day is past.
const suspensionOver = "suspension_over"

// filter is what the list holds on a day; what cannot be read is not in force.
func (l memberListing) filter(today pec.Date) db.MemberFilter {
	f := db.MemberFilter{
		Search: l.get("q"), Status: l.get("stato"), Mailbox: l.get("casella"), NoEmail: l.get("email") != "", City: l.get("comune"), Province: l.get("provincia"),
		ExpiresFrom: dayIn(l.listing, "scade_dal"), ExpiresTo: dayIn(l.listing, "scade_al"),
		RegisteredFrom: dayIn(l.listing, "iscritti_dal"), RegisteredTo: dayIn(l.listing, "iscritti_al"),
	}
	if f.Status == suspensionOver {
		f.Status, f.Over = "", today
	}
	f.Section, f.Sector, _ = strings.Cut(l.get("gruppo"), ":")
	if l.within() { // today counts
		n, _ := strconv.Atoi(l.get("entro"))
		f.ExpiresFrom, f.ExpiresTo = today, today.AddDays(n)
	}
	order, down := strings.CutPrefix(l.get("ordina"), "-")
	f.Order, f.Descending = memberOrders[order], down
	return f
}

// check puts what cannot be read, or lies the wrong way round, beside its field: it
// is not in force.
func (l memberListing) check(f *form) {
	f.days("scade_dal", "scade_al")
	f.days("iscritti_dal", "iscritti_al")
	if text := l.get("entro"); text != "" && !l.within() {
		f.wrong("entro", "Scriva un numero di giorni fra 0 e "+pec.Thousands(mostDays)+".")
	}
}

// mostDays is how far ahead the list looks for expiries.
const mostDays = 3660

// within reports whether the days ahead can be read.
func (l memberListing) within() bool {
	n, err := strconv.Atoi(l.get("entro"))
	return err == nil && n >= 0 && n <= mostDays
}

// readable reports whether a filter's value can be in force.
func (l memberListing) readable(name string) bool {
	switch name {
	case "entro":
		return l.within()
	case "scade_dal", "scade_al", "iscritti_dal", "iscritti_al":
		return !dayIn(l.listing, name).IsZero()
	}
	return true
}

// memberOrders are the orders by their names in the address; others are as none.
var memberOrders = map[string]db.MemberOrder{"numero": db.ByNumber, "scadenza": db.ByExpiry, "iscrizione": db.ByRegistered}

// head is a column's head: pressed, the list goes by it, pressed again the
// other way.
func (l memberListing) head(title, order string) sortHead {
	now := l.get("ordina")
	h := sortHead{Title: title, Sort: "none", Path: l.with("ordina", order)}
	switch now {
	case order:
		h.Sort, h.Path = "ascending", l.with("ordina", "-"+order)
	case "-" + order:
		h.Sort = "descending"
	}
	return h
}

// columns are those that the address names, as far as they are known.
func (l memberListing) columns() []string {
	var columns []string
	for column := range strings.SplitSeq(l.get("colonne"), ",") {
		if slices.ContainsFunc(memberColumns, func(o Option) bool { return o.Value == column }) {
			columns = append(columns, column)
		}
	}
	return columns
}

// Get is the value of a filter, for templates.
func (l memberListing) Get(name string) string { return l.get(name) }

// More reports whether one of the filters folded away is in force.
func (l memberListing) More() bool {
	return slices.ContainsFunc(moreFilters, func(name string) bool { return l.get(name) != "" })
}

// Kept are order and columns of the address, which its filters leave alone.
func (l memberListing) Kept() map[string]string {
	kept := map[string]string{}
	for _, name := range []string{"ordina", "colonne"} {
		if value := l.get(name); value != "" {
			kept[name] = value
		}
	}
	return kept
}

// Query is the list as it is kept, from its first page on.
func (l memberListing) Query() string {
	_, query, _ := strings.Cut(l.with(), "?")
	return query
}
