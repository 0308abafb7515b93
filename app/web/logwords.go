package web

import (
	"encoding/json"
	"fmt"
	"strings"

	"albopec/app/pec"
)

// actions are the log's actions in Italian.
var actions = map[string]string{
	"access.asked": "Accesso a una casella chiesto", "access.granted": "Accesso a una casella concesso", "access.refused": "Accesso a una casella rifiutato",
	"access.withdrawn": "Accesso a una casella finito", "access.paid": "Credito versato per una casella",
	"agreement.added": "Convenzione aggiunta", "agreement.changed": "Convenzione modificata", "agreement.deleted": "Convenzione eliminata",
	"bank_account": "Conto per i bonifici cambiato", "backup": "Salvataggio", "budget": "Stanziamento scritto", "backup.taken": "Salvataggio scaricato", "housekeeping": "Pulizia", "import.members": "Importazione degli iscritti", "import.mailboxes": "Importazione delle caselle", "import.services": "Importazione dei servizi", "import.payments": "Importazione dei pagamenti", "import.undone": "Importazione annullata",
	"credit_short.told": "Avvisato che il credito non basta", "init": "Ordine creato", "invoice.listed": "Elenco da fatturare creato", "letter.made": "Lettera preparata", "letterhead": "Carta intestata cambiata", "logo": "Logo cambiato", "logo.removed": "Logo tolto", "list.columns": "Colonne dell’elenco scelte", "list.deleted": "Elenco eliminato", "list.renamed": "Elenco rinominato", "list.saved": "Elenco salvato",
	"mailbox.activated": "Casella attivata", "mailbox.closed": "Casella chiusa", "mailbox.renewed": "Casella rinnovata",
	"mailbox.requested": "Casella richiesta", "mailbox.withdrawn": "Richiesta di una casella ritirata", "member.added": "Iscritto inserito a mano", "member.contacts": "Contatti modificati", "member.data": "Dati personali scaricati", "member.erased": "Recapiti cancellati su richiesta", "member.distinct": "Segnato come un’altra persona", "member.doubted": "Rimesso fra i possibili doppioni", "member.merged": "Unito con un’altra posizione", "member.merged_into": "Unito a un’altra posizione", "member.edited": "Dati modificati", "member.email_asked": "Nuova mail chiesta dall’iscritto", "member.email_confirmed": "Nuova mail confermata", "member.looked_at": "Area dell’iscritto guardata", "member.link": "Collegamento per la password preparato",
	"import.outcomes": "Esiti del gestore", "domain.added": "Dominio aggiunto", "domain.default": "Dominio predefinito cambiato", "mailbox.address": "Indirizzo cambiato",
	"mailbox.space_asked": "Spazio chiesto con la casella", "mailbox.space_not_ordered": "Spazio chiesto con la casella non ordinato", "mailbox.sent": "Richiesta inviata al gestore", "provider.sent": "File per il gestore", "provider.again": "Richiesta al gestore da ripetere", "provider.answered": "Esito del gestore",
	"domicile.chosen": "Domicilio digitale scelto", "domicile.marked": "PEC propria segnata come non valida", "domicile.unmarked": "PEC propria di nuovo valida",
	"inipec.sent": "File per INI-PEC", "inipec.confirmed": "Nessuna variazione per INI-PEC", "inipec.outcome": "Esiti di INI-PEC", "inipec.withdrawn": "File per INI-PEC ritirato", "inipec.format": "Formato del file per INI-PEC cambiato",
	"reginde.sent": "File per ReGIndE", "reginde.answered": "Esito di ReGIndE", "reginde.accepted": "Soggetti di ReGIndE accettati a mano", "reginde.accepted_back": "Soggetti di ReGIndE non più accettati a mano", "formal_notice.undone": "Diffida: ultimo passo annullato", "formal_notice.left": "Diffida finita: uscita dall’albo", "reginde.withdrawn": "File per ReGIndE ritirato", "reginde.settings": "Impostazioni di ReGIndE cambiate", "reginde.template": "Modello del file per ReGIndE cambiato",
	"formal_notice.sent": "Diffida inviata", "formal_notice.delivered": "Diffida consegnata", "formal_notice.paused": "Diffida: termini sospesi", "formal_notice.resumed": "Diffida: termini ripresi",
	"formal_notice.suspended": "Diffida: iscritto sospeso", "formal_notice.revoked": "Diffida: sospensione revocata", "formal_notice.complied": "Diffida chiusa: PEC comunicata", "formal_notice.withdrawn": "Diffida ritirata",
	"comparison": "Confronto con il gestore", "comparison.step": "Differenze del confronto trattate",
	"document.begun": "Documento chiesto", "document.failed": "Documento non riuscito", "list": "Elenco prodotto",
	"provider_deposit": "Versamento al gestore registrato", "provider_deposit.reversed": "Versamento al gestore stornato",
	"provider.told": "Richiesta comunicata a mano", "provider.layout": "Colonne del file per il gestore cambiate",
	"mailbox.turned": "Cominciato il periodo già pagato", "mailbox.kind_changed": "Tipologia cambiata", "mailbox.kind_chosen": "Tipologia scelta per la scadenza",
	"mailbox.auto_renew": "Rinnovo automatico cambiato", "mailbox.suspended": "Casella sospesa", "mailbox.reactivated": "Casella riattivata",
	"member.password": "Password dell’area iscritto cambiata", "member.status": "Stato cambiato", "operator.added": "Operatore aggiunto",
	"operator.changed": "Operatore modificato", "operator.password": "Password di un operatore cambiata", "order.awaiting_payment": "Ordine in attesa",
	"order.cancelled": "Ordine annullato", "order.completed": "Ordine completato", "order.handed_over": "Consegnato all’iscritto", "order.hand_over_taken_back": "Consegna annullata", "order.lapsed": "Ordine decaduto", "order.placed": "Ordine inserito",
	"message.answered_late": "Esito tardivo di un invio", "message.given_up": "Messaggio non riuscito", "message.holder_left": "Avviso non più inviato: il titolare non è più nell’albo",
	"message.order_over":  "Messaggio non più inviato: l’ordine non aspetta più il pagamento, o la casella è sospesa",
	"message.readdressed": "Messaggio rivolto alla nuova mail", "message.paper": "Messaggio passato alla carta", "message.posted": "Lettera spedita",
	"message.retried": "Messaggio da inviare di nuovo", "message.sent": "Messaggio inviato", "message.summary": "Riepilogo degli invii scritto", "message.too_late": "Messaggio non partito in tempo",
	"message.unknown": "Invio dall’esito incerto", "message.waiting": "Invio rinviato", "notice.raised": "Avviso di scadenza preparato", "notices": "Avvisi preparati",
	"text.changed": "Testo di un messaggio modificato", "text.restored": "Testo di partenza ripreso",
	"refund": "Credito rimborsato", "renew": "Rinnovi eseguiti", "renew.begun": "Rinnovi avviati", "report": "Report prodotto", "service.changed": "Rinnovo di un servizio modificato",
	"service.ended": "Servizio cessato", "service.recredited": "Servizio annullato e riaccreditato", "credit_note.made": "Nota di credito segnata come fatta", "credit_note.taken_back": "Nota di credito non più segnata come fatta", "services.ordered": "Ordine di rinnovo dei servizi cambiato", "topup": "Ricarica registrata",
	"topup.reversed": "Ricarica stornata", "upload": "File caricato", "upload.dropped": "File scartato", "upload.options": "Lettura del file cambiata", "year.closed": "Anno chiuso",
}

// actionInWords is an action of the log as the pages say it.
func actionInWords(action string) string {
	if words, ok := actions[action]; ok {
		return words
	}
	return action
}

// details are the keys of the log's figures in Italian, in the order in which
// they are said; the others stay out of the pages.
var details = []struct{ key, title string }{
	{"number", "numero"}, {"name", "nome"}, {"holder", "posizione di"}, {"registration_number", "n."}, {"tax_code", "codice fiscale"}, {"email", "e-mail"}, {"role", "ruolo"}, {"address", "indirizzo"}, {"mailbox", "casella"}, {"member", "altro iscritto"},
	{"kind", "tipologia"}, {"product", ""}, {"quantity", "quantità"}, {"before", "da"}, {"status", "a"}, {"left_on", "fuori dall’albo dal"},
	{"since", "dal"}, {"until", "fino al"}, {"ordine", "passa a:"},
	{"on", "il"}, {"from", "dal"}, {"to", "al"}, {"expires", "scadenza"}, {"price", "prezzo"}, {"amount", "importo"}, {"method", "con"},
	{"reference", "riferimento"}, {"paid_on", "pagato il"}, {"taken", "ripresi"}, {"claim", "da recuperare"}, {"auto_renew", "rinnovo"}, {"next_quantity", "quantità dal rinnovo"},
	{"orders", "ordini:"}, {"step", "giorni prima:"}, {"attempt", "tentativo"}, {"raised", "preparati:"},
	{"fault", "PEC"}, {"own", "PEC propria:"}, {"reason", "motivo:"}, {"fields", "campi:"}, {"file", "file"},
}

// detailInWords writes an entry's figures out: "dal 12/10/2018, al 12/10/2019,
// prezzo 1,22 €". What cannot be read is left out.
func detailInWords(doc string) string { return detailOf(doc, nil) }

// detailOf is detailInWords with the products called by their names.
func detailOf(doc string, products productNames) string {
	var d map[string]any
	if json.Unmarshal([]byte(doc), &d) != nil {
		return ""
	}
	var parts []string
	for _, known := range details {
		value := valueInWords(known.key, d[known.key])
		if known.key == "product" && value != "" && products[value].Name != "" {
			value = products[value].Name
		}
		if value != "" {
			parts = append(parts, strings.TrimSpace(known.title+" "+value))
		}
	}
	return strings.Join(parts, ", ")
}

func valueInWords(key string, value any) string {
	switch v := value.(type) {
	case bool:
		return strings.ToLower(yesNo(v))
	case float64:
		return fmt.Sprint(v)
	case map[string]any: // amounts, or what was before
		if gross, ok := v["gross"]; ok {
			return valueInWords("amount", gross)
		}
		return ""
	case string:
		return textInWords(key, v)
	}
	return ""
}

func textInWords(key, v string) string {
	switch key {
	case "amount", "claim", "taken", "price":
		var c pec.Cents
		if c.UnmarshalJSON([]byte(`"`+v+`"`)) == nil {
			return c.Euro()
		}
	case "status", "before":
		return pec.MemberStatus(v).Italian()
	case "fault":
		return pec.DomicileFault(v).Italian()
	case "method":
		return pec.TopUpMethod(v).Italian()
	case "reason":
		for _, words := range []string{pec.EndReason(v).Italian(), pec.CloseReason(v).Italian()} {
			if words != v {
				return words
			}
		}
	}
	if day, err := pec.ParseDate(v); err == nil {
		return day.Italian()
	}
	return v
}
