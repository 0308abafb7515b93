package pec

import "slices"

// TermsVersion names the texts that members accept before their first purchase
// (R17). It changes whenever one of the texts does: members are then asked
// again.
const TermsVersion = "2026-01"

// Term is one thing a member accepts: the general conditions, a clause to be
// approved by itself, the privacy notice.
type Term struct {
	Code  string
	Label string // what the member ticks
	Title string
	Text  string // plain paragraphs, separated by an empty line
}

// Terms lists what is accepted before the first purchase in the member's area.
var Terms = []Term{
	{
		Code: "condizioni", Label: "Accetto le condizioni generali", Title: "Condizioni generali",
		Text: `1. La casella PEC standard è assegnata e rinnovata ogni anno dall’Ordine, a sue spese, finché il titolare è iscritto all’albo.

2. L’iscritto può aggiungere servizi a pagamento, ai prezzi della convenzione in vigore il giorno dell’acquisto, IVA esclusa. Il prezzo complessivo è mostrato prima della conferma.

3. I servizi si pagano con il credito residuo. Se il credito non basta, l’ordine attende il pagamento per 30 giorni e non oltre la scadenza della casella; poi decade. Il credito non scade.

4. Ogni servizio dura fino alla scadenza della casella, quando si rinnova per un anno al prezzo della convenzione di quel giorno, se il credito lo copre e se l’iscritto non ha disattivato il rinnovo; altrimenti cessa.

5. I mesi non usati non si rimborsano.

6. Il credito che resta a chi esce dall’albo è rimborsato dalla segreteria su richiesta.

7. L’Ordine non risponde dei messaggi non ricevuti per spazio esaurito dopo la cessazione di un servizio non rinnovato.`,
	},
	{Code: "clausola-4", Label: "Approvo la clausola 4, durata e rinnovo", Title: "Clausola 4, durata e rinnovo", Text: ""},
	{Code: "clausola-7", Label: "Approvo la clausola 7, limiti di responsabilità", Title: "Clausola 7, limiti di responsabilità", Text: ""},
	{
		Code: "privacy", Label: "Ho letto l’informativa sulla privacy", Title: "Informativa sulla privacy",
		Text: `L’Ordine tratta i dati dell’iscritto per tenere l’albo, assegnare la casella PEC e gestire gli acquisti. I movimenti di denaro si conservano dieci anni; gli altri dati finché servono alla tenuta dell’albo.

L’iscritto può chiedere alla segreteria di vedere, correggere o avere i propri dati.`,
	},
}

// TermTitle is the title of what a member accepted, by its code; the code of a
// term that is no longer asked for.
func TermTitle(code string) string {
	if i := slices.IndexFunc(Terms, func(t Term) bool { return t.Code == code }); i >= 0 {
		return Terms[i].Title
	}
	return code
}

// TermCodes are the codes of all the terms, for who accepts every one.
func TermCodes() []string {
	var codes []string
	for _, t := range Terms {
		codes = append(codes, t.Code)
	}
	return codes
}
