package pec

import "slices"

// LetterForms are the letters on paper, in the order of the screens, with the
// same invented member as MessageForms.
var LetterForms = []MessageForm{
	{
		Kind: LetterActivation, Title: "Attivazione",
		When: "Si prepara dopo l’attivazione di una casella.",
		Fields: []MessageField{
			fieldName, fieldMailbox,
			{"spazio", "spazio della casella", "1\u00a0GB"},
			{"attiva_dal", "giorno di attivazione", "12/10/2017"},
			fieldExpiry,
			{"rinnovo", "chi paga la casella e che cosa accade alla scadenza", "La casella è a carico dell’Ordine. Il 12/10/2018 si rinnova tacitamente, e così di anno in anno, finché Lei è iscritta all’albo: non deve fare nulla e non paga nulla."},
			{"spazio_in_piu", "quanto costa lo spazio in più e dove si acquista; vuoto se non c’è", "Lo spazio in più, se Le serve, è a Suo carico: 2,50\u00a0€ più IVA al 22\u00a0% (3,05\u00a0€ in tutto) per ogni GB all’anno, fino a 5\u00a0GB in tutto. Si acquista nell’area riservata dell’Ordine, con il credito che Lei ricarica; anche il suo rinnovo si paga dal credito."},
			{"accesso", "presso chi si leggono i messaggi e da dove arrivano le credenziali", "I messaggi si leggono e si scrivono presso il gestore, Gestore PEC S.p.A., con l’indirizzo della casella e la password: le credenziali per il primo accesso Le arrivano dal gestore."},
			fieldOrderBody,
		},
		Text: MessageText{
			Subject: "Attivazione della Sua casella di posta elettronica certificata (PEC)",
			Body: `Gentile {{nome}},

la Sua casella PEC è attiva:

- Indirizzo: {{casella}}
- Spazio: {{spazio}}
- Attiva dal {{attiva_dal}}, con scadenza il {{scadenza}}

{{rinnovo}} {{spazio_in_piu}}

{{accesso}} Scadenza, spazio e credito si vedono nell’area riservata dell’Ordine: vi si entra con l’indirizzo della casella. Per scegliere la password chieda alla segreteria un collegamento personale, che vale una volta sola, o una password iniziale allo sportello.

L’Ordine comunica l’indirizzo a INI-PEC, l’indice nazionale delle PEC di imprese e professionisti. L’indice è pubblico: da quel momento enti, tribunali e privati possono scriverLe a questo indirizzo con valore legale. INAD, l’indice dei domicili digitali delle persone fisiche, riprende da INI-PEC gli indirizzi dei professionisti: lo stesso indirizzo diventa anche il Suo domicilio digitale come cittadino. Se per le comunicazioni personali ne preferisce un altro, può indicarlo in INAD, su domiciliodigitale.gov.it; quello professionale resta questo.

Un messaggio PEC vale come una raccomandata: si considera ricevuto quando arriva nella casella, anche se nessuno lo legge. La apra spesso, e lasci libero dello spazio: a casella piena i messaggi non arrivano.

Cordiali saluti
`},
	},
	{
		Kind: LetterNotice, Title: "Avviso di scadenza",
		When:   "Si prepara prima della scadenza di una casella, per chi la carta raggiunge meglio dell’e-mail.",
		Fields: noticeFields,
		Text: MessageText{
			Subject: "Casella PEC {{casella}}: scadenza del {{scadenza}}",
			Body: `Gentile {{nome}},

la Sua casella PEC {{casella}} scade il {{scadenza}} ({{quando}}). Quel giorno:

{{che_cosa}}

{{spazio}}

Costo del rinnovo: {{costo}}
Credito disponibile: {{credito}}
Manca: {{manca}}

{{che_fare}}

{{come_pagare}}

Cordiali saluti
`},
	},
	{
		Kind: LetterClosing, Title: "Chiusura della casella",
		When: "Si prepara per chi lascia l’albo e per chi non ha rinnovato la casella; di chi è deceduto va agli eredi.",
		Fields: []MessageField{
			{"saluto", "«Gentile» e il nome, o «Gentili eredi di» e il nome", "Gentile Elena Morandi"},
			fieldName, fieldMailbox,
			{"chiusura", "quando si è chiusa o si chiude, e perché", "è stata chiusa il 12/10/2018: titolare non più iscritto all’albo"},
			{"servizi", "servizi che cessano con la casella; vuoto se nessuno", "Con la casella cessano i servizi aggiuntivi: 1\u00a0GB in più."},
			{"contenuto", "che cosa è dei messaggi", "Dal giorno della chiusura la casella non riceve e non invia più nulla. L’Ordine non ha i messaggi che conteneva e non può recuperarli: se ne serve una copia, va chiesta subito al gestore, Gestore PEC S.p.A., che può averli già cancellati."},
			{"credito", "che cosa è del credito che resta, o di quanto è ancora da versare; vuoto se nulla", "Sul Suo conto restano 1,00\u00a0€: non scadono, e può chiederne il rimborso alla segreteria."},
			{"obbligo", "avvertimento a chi resta nell’albo senza domicilio digitale; vuoto altrimenti", ""},
			fieldOrderBody,
		},
		Text: MessageText{
			Subject: "Chiusura della casella PEC {{casella}}",
			Body: `{{saluto}},

la casella PEC {{casella}}, intestata a {{nome}}, {{chiusura}}.

{{servizi}}

{{contenuto}}

{{credito}}

{{obbligo}}

Cordiali saluti
`},
	},
	{
		Kind: LetterDiffida, Title: "Diffida",
		When: "Si prepara per chi è nell’albo senza un domicilio digitale.",
		Fields: []MessageField{
			fieldName,
			{"iscrizione", "«iscritto all’albo» con il numero", "iscritta all’albo al n. A15266"},
			{"perche", "perché non ha un domicilio digitale: mai comunicato, scaduto, chiuso, sospeso, errato o condiviso", "non ha comunicato a questo Ordine un domicilio digitale, cioè un indirizzo di posta elettronica certificata (PEC)"},
			{"giorni", "giorni che la legge dà per adempiere", "30"},
			fieldOrderBody,
		},
		Text: MessageText{
			Subject: "Diffida a comunicare il domicilio digitale (art. 16, comma 7-bis, d.l. 185/2008)",
			Body: `Gentile {{nome}},

dai nostri dati risulta che Lei, {{iscrizione}}, {{perche}}.

L’art. 16, comma 7, del decreto-legge 29 novembre 2008, n. 185, convertito dalla legge 28 gennaio 2009, n. 2, obbliga i professionisti iscritti in albi ed elenchi a comunicarlo all’Ordine di appartenenza. Il comma 7-bis dello stesso articolo, nel testo dovuto all’art. 37 del decreto-legge 16 luglio 2020, n. 76, convertito dalla legge 11 settembre 2020, n. 120, dispone che chi non lo comunica sia diffidato ad adempiere entro trenta giorni e che, se non lo fa, l’Ordine applichi la sanzione della sospensione dall’albo fino alla comunicazione.

Per questi motivi La si diffida a comunicare a questo Ordine il Suo domicilio digitale entro {{giorni}} giorni dal ricevimento della presente. Può:

- chiedere alla segreteria una casella PEC dell’Ordine;
- comunicare alla segreteria l’indirizzo di una casella PEC personale che ha già.

Trascorso inutilmente il termine, l’Ordine disporrà la sospensione dall’albo fino alla comunicazione del domicilio digitale.

Distinti saluti
`},
	},
}

// IsLetter reports whether a kind is a letter on paper.
func (k MessageKind) IsLetter() bool {
	return slices.ContainsFunc(LetterForms, func(f MessageForm) bool { return f.Kind == k })
}

// SampleAddress is the invented member's, as an envelope has it.
var SampleAddress = []string{"Elena Morandi", "Via dei Tigli 7", "00100 Valdoro (VD)"}
