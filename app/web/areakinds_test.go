package web

import "testing"

// threeKinds has a kind that the Ordine pays and two that members pay, with all
// that can be added to them.
const threeKinds = `{"name": "Convenzione con tre tipologie", "provider": "Gestore PEC", "starts_on": "2016-01-01", "vat_rate": "22", "policy": "monthly", "sold_by": "ordine",
	"kinds": [
		{"code": "standard", "name": "Standard", "base_inbox_gb": 1, "max_inbox_gb": 6, "yearly_price": "5.00", "paid_by": "ordine", "terms": [1]},
		{"code": "pro", "name": "Pro", "base_inbox_gb": 2, "base_archive_gb": 3, "max_inbox_gb": null, "yearly_price": "20.00", "paid_by": "member", "terms": [1, 2, 3, 4, 5]},
		{"code": "premium", "name": "Premium", "base_inbox_gb": 2, "base_archive_gb": 8, "max_inbox_gb": null, "yearly_price": "45.00", "paid_by": "member", "terms": [1, 2, 3, 4, 5]}],
	"products": [
		{"code": "inbox_gb", "name": "Spazio Extra Inbox", "unit": "GB", "yearly_price": "4.00", "kinds": ["standard", "pro", "premium"]},
		{"code": "conservazione_gb", "name": "Conservazione a norma", "unit": "GB", "yearly_price": "4.00", "kinds": ["standard", "pro", "premium"], "no_reduction_below_use": true},
		{"code": "user", "name": "Multiutente", "unit": "utente", "yearly_price": "8.00", "kinds": ["pro", "premium"]},
		{"code": "signature_kit", "name": "Kit di Firma Digitale", "unit": "pezzo", "price": "45.00", "one_off": true, "kinds": ["standard", "pro", "premium"]}]}`

// Each kind says what is in it, what can be added and at which price, VAT 22 %:
// 20,00 + 4,40, 4,00 + 0,88, 8,00 + 1,76, 45,00 + 9,90.
func TestMemberComparesTheKinds(t *testing.T) {
	s := areaSite(t, threeKinds)
	v := s.as(Member)
	v.get("/area").must(200).says("Confronta le tipologie")
	a := v.get("/area/tipologie").must(200)
	a.says("Standard La Sua", "A carico dell’Ordine", "spazio ampliabile fino a 6 GB in tutto", "Non può avere: Multiutente.",
		"Pro", "20,00 € + IVA 4,40 € = 24,40 € all’anno, a Suo carico", "3 GB di archivio", "spazio ampliabile senza un massimo", "durata di 1, 2, 3, 4 o 5 anni",
		"Premium", "45,00 € + IVA 9,90 € = 54,90 € all’anno, a Suo carico", "8 GB di archivio",
		"Spazio Extra Inbox: 4,00 € + IVA 0,88 € = 4,88 € all’anno, per GB", "Multiutente: 8,00 € + IVA 1,76 € = 9,76 € all’anno, per utente",
		"Kit di Firma Digitale: 45,00 € + IVA 9,90 € = 54,90 € una volta sola, per pezzo", "Vedi il passaggio a Pro", "Vedi il passaggio a Premium")
	a.saysNot("Vedi il passaggio a Standard")
	v.get("/area/rinnovo?casella=1&kind=premium").must(200).says("Premium")

	alone := areaSite(t, fullYearAgreement)
	alone.as(Member).get("/area").must(200).saysNot("Confronta le tipologie")
}
