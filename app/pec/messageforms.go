package pec

// MessageForms are the messages that the program writes, in the order of the
// screens. The samples are the same invented member's throughout: 1 GB on a
// mailbox with E 12/10/2018, and 1,00 € of credit.
var MessageForms = []MessageForm{
	{
		Kind: MessageNotice, Title: "Avviso di scadenza",
		When:   "Parte nei giorni della convenzione prima della scadenza e il giorno stesso, per le caselle con un servizio o che non si rinnovano da sole.",
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
{{ordine}}
`},
	},
	{
		Kind: MessageOutcome, Title: "Esito della scadenza",
		When: "Parte dopo la scadenza, quando i servizi sono stati rinnovati o sono cessati o la casella si è chiusa perché nessuno l’ha rinnovata.",
		Fields: []MessageField{
			fieldName, fieldMailbox, fieldExpiry,
			{"che_cosa", "elenco di ciò che si è rinnovato o è cessato", "- La casella è rinnovata fino al 12/10/2019, a spese dell’Ordine.\n- 1\u00a0GB in più: rinnovato fino al 12/10/2019 per 3,05\u00a0€."},
			{"numero", "numero dell’ordine di rinnovo; vuoto se nulla si è rinnovato", "2018/000042"},
			{"pagato", "quanto è stato preso dal credito, IVA compresa; vuoto se nulla", "3,05\u00a0€"},
			fieldCredit,
			{"spazio", "avvertimento se lo spazio è sceso sotto quello usato; vuoto altrimenti", ""},
			fieldOrderBody,
		},
		Text: MessageText{
			Subject: "Casella PEC {{casella}}: esito della scadenza del {{scadenza}}",
			Body: `Gentile {{nome}},

ecco che cosa è accaduto alla scadenza della Sua casella PEC {{casella}}, il {{scadenza}}:

{{che_cosa}}

{{spazio}}

Ordine di rinnovo: {{numero}}
Pagato dal credito: {{pagato}}
Credito che resta: {{credito}}

Cordiali saluti
{{ordine}}
`},
	},
	{
		Kind: MessageReceipt, Title: "Conferma di acquisto",
		When: "Parte quando un acquisto è completato.",
		Fields: []MessageField{
			fieldName, fieldMailbox,
			{"numero", "numero dell’ordine", "2017/000007"},
			{"data", "giorno in cui l’ordine è completato", "07/12/2017"},
			{"righe", "elenco di ciò che è stato acquistato, con il prezzo", "- 1\u00a0GB in più, dal 07/12/2017 al 12/10/2018: 2,50\u00a0€ + IVA 0,55\u00a0€ = 3,05\u00a0€"},
			{"netto", "totale netto", "2,50\u00a0€"},
			{"iva", "totale dell’IVA", "0,55\u00a0€"},
			{"lordo", "totale lordo, preso dal credito", "3,05\u00a0€"},
			fieldCredit,
			{"spiegazione", "la frase del preventivo: durata, prezzo e rinnovo", "1\u00a0GB in più fino al 12/10/2018, giorno di scadenza della casella, costa 2,50\u00a0€ + IVA 0,55\u00a0€ = 3,05\u00a0€: mancano più di 3\u00a0mesi, perciò la convenzione fa pagare l’anno intero; il 12/10/2018 si rinnova per un anno a 2,50\u00a0€ + IVA 0,55\u00a0€ = 3,05\u00a0€, se il credito basta."},
			{"fattura", "dove va la fattura elettronica, se con l’ordine è stato confermato", "codice destinatario ABC1234"},
			fieldOrderBody,
		},
		Text: MessageText{
			Subject: "Conferma di acquisto per {{casella}}, ordine {{numero}}",
			Body: `Gentile {{nome}},

confermiamo il Suo acquisto del {{data}} per la casella PEC {{casella}}, ordine {{numero}}:

{{righe}}

Totale netto: {{netto}}
IVA: {{iva}}
Totale lordo, preso dal credito: {{lordo}}
Credito che resta: {{credito}}
Fattura elettronica: {{fattura}}

{{spiegazione}}

Cordiali saluti
{{ordine}}
`},
	},
	{
		Kind: MessageOrderWaiting, Title: "Ordine in attesa di pagamento",
		When: "Parte quando un ordine resta in attesa perché il credito non basta; se prima di partire l’ordine è pagato o annullato, non parte più.",
		Fields: []MessageField{
			fieldName,
			{"casella", "indirizzo della casella, o delle caselle", "elena.morandi@pec.ordine.example"},
			{"data", "giorno dell’ordine", "07/12/2017"},
			{"righe", "elenco degli ordini, con il prezzo e fino a quando vale", "- 1\u00a0GB in più: 3,05\u00a0€ se è pagato entro il 06/01/2018"},
			fieldCredit,
			{"manca", "la ricarica con la quale l’ordine si completa, IVA compresa", "2,05\u00a0€"},
			{"conto", "come si arriva a quella somma; vuoto se non c’è nulla da sommare", "3,05\u00a0€ per questo ordine − 1,00\u00a0€ di credito = 2,05\u00a0€"},
			{"avvertenza", "perché l’ordine si annullerebbe invece di completarsi; vuoto altrimenti", ""},
			{"come_pagare", "quanto ricaricare, entro quando e come; vuoto se pagare non serve", "Ricarichi almeno 2,05\u00a0€ entro il 06/01/2018: con un bonifico intestato a «Ordine degli Ingegneri di Valdoro», IBAN IT60 X054 2811 1010 0000 0123 456, con la causale «PEC A15266 Morandi Elena», oppure allo sportello."},
			fieldIBAN, fieldAccountHolder, fieldReason, fieldOrderBody,
		},
		Text: MessageText{
			Subject: "Ordine in attesa di pagamento per {{casella}}",
			Body: `Gentile {{nome}},

il {{data}} è stato ordinato quanto segue per {{casella}}, e aspetta il pagamento:

{{righe}}

Credito disponibile: {{credito}}
Manca: {{manca}}
Il conto: {{conto}}

{{avvertenza}}

{{come_pagare}}

Ciò che è pagato si completa da solo e ne riceve la conferma; ciò che non lo è decade e non Le costa nulla. Se ha già pagato, non tenga conto di questo messaggio.

Cordiali saluti
{{ordine}}
`},
	},
	{
		Kind: MessageOrderRefused, Title: "Ordine annullato",
		When: "Parte quando un ordine che aspettava il pagamento non si può più completare, per esempio perché lo spazio supererebbe il massimo.",
		Fields: []MessageField{
			fieldName, fieldMailbox,
			{"data", "giorno dell’ordine", "05/12/2017"},
			{"che_cosa", "che cosa era stato ordinato", "3\u00a0GB in più"},
			{"lordo", "quanto costava, IVA compresa", "9,15\u00a0€"},
			{"perche", "perché non si è potuto completare", "La casella ha 4\u00a0GB e può arrivare a 5: se ne possono aggiungere al massimo 1, non 3."},
			fieldCredit,
			fieldOrderBody,
		},
		Text: MessageText{
			Subject: "Ordine annullato per {{casella}}",
			Body: `Gentile {{nome}},

il Suo ordine del {{data}} per la casella PEC {{casella}} non si è potuto completare ed è annullato:

- {{che_cosa}}, {{lordo}}

{{perche}}

Non Le è stato addebitato nulla: ciò che ha versato resta nel Suo credito.

Credito: {{credito}}

Il credito non scade e resta Suo: vale per un altro acquisto o per i rinnovi, e a chi lascia l’albo la segreteria lo rimborsa.

Cordiali saluti
{{ordine}}
`},
	},
	{
		Kind: MessageOrderCancelled, Title: "Ordine annullato dalla segreteria",
		When: "Parte quando la segreteria annulla un ordine che aspettava il pagamento.",
		Fields: []MessageField{
			fieldName, fieldMailbox,
			{"data", "giorno dell’ordine", "05/12/2017"},
			{"che_cosa", "che cosa era stato ordinato", "3\u00a0GB in più"},
			{"lordo", "quanto costava, IVA compresa", "9,15\u00a0€"},
			{"motivo", "il motivo che la segreteria ha scritto; vuoto se non l’ha scritto", "Ordine inserito due volte."},
			fieldCredit,
			fieldOrderBody,
		},
		Text: MessageText{
			Subject: "Ordine annullato per {{casella}}",
			Body: `Gentile {{nome}},

la segreteria ha annullato il Suo ordine del {{data}} per la casella PEC {{casella}}, che aspettava il pagamento:

- {{che_cosa}}, {{lordo}}

Motivo: {{motivo}}

Non Le è stato addebitato nulla.

Credito: {{credito}}

Cordiali saluti
{{ordine}}
`},
	},
	{
		Kind: MessageSuspended, Title: "Avviso di sospensione",
		When: "Parte quando la segreteria registra che una casella è sospesa; il motivo che ha scritto non c’è.",
		Fields: []MessageField{
			fieldName, fieldMailbox,
			{"data", "giorno da cui è sospesa", "10/01/2018"},
			fieldExpiry,
			{"ordini", "che cosa è degli ordini che aspettano il pagamento; vuoto se non ce ne sono", "Un Suo ordine aspetta il pagamento: non lo paghi finché la casella è sospesa, perché sarebbe annullato."},
			fieldOrderBody,
		},
		Text: MessageText{
			Subject: "Casella PEC {{casella}} sospesa",
			Body: `Gentile {{nome}},

dal {{data}} la Sua casella PEC {{casella}} è sospesa:

- non può usarla finché il gestore non la riattiva;
- fino ad allora non è il Suo domicilio digitale;
- la scadenza del {{scadenza}} e i servizi restano quelli di prima.

{{ordini}}

Per sapere perché, e che cosa fare, si rivolga alla segreteria.

Cordiali saluti
{{ordine}}
`},
	},
	{
		Kind: MessageReactivated, Title: "Avviso di riattivazione",
		When: "Parte quando la segreteria registra che una casella sospesa è di nuovo attiva.",
		Fields: []MessageField{
			fieldName, fieldMailbox,
			{"data", "giorno da cui è di nuovo attiva", "01/02/2018"},
			fieldExpiry,
			{"ordini", "che cosa è degli ordini che aspettano il pagamento; vuoto se non ce ne sono", "Un Suo ordine aspetta il pagamento: ora può pagarlo."},
			fieldOrderBody,
		},
		Text: MessageText{
			Subject: "Casella PEC {{casella}} di nuovo attiva",
			Body: `Gentile {{nome}},

dal {{data}} la Sua casella PEC {{casella}} è di nuovo attiva, con i servizi e la scadenza del {{scadenza}}.

{{ordini}}

Cordiali saluti
{{ordine}}
`},
	},
	{
		Kind: MessageToppedUp, Title: "Ricarica registrata",
		When: "Parte quando un pagamento è registrato, a mano o da un elenco; solo per e-mail, a chi ne ha una.",
		Fields: []MessageField{
			fieldName,
			{"data", "giorno del pagamento, o in cui è registrato", "12/12/2017"},
			{"importo", "quanto è stato pagato, IVA compresa", "5,00\u00a0€"},
			{"metodo", "come è stato pagato", "bonifico"},
			{"riferimento", "il riferimento del pagamento", "CRO 12345678901"},
			{"restituito", "quanto è andato a ciò che l’iscritto doveva all’Ordine; vuoto se nulla", ""},
			{"da_restituire", "quanto deve ancora all’Ordine; vuoto se nulla", ""},
			{"ordini", "elenco degli ordini che il pagamento ha completato; vuoto se nessuno", "Ordini completati:\n- 2017/000007, 1\u00a0GB in più per elena.morandi@pec.ordine.example: 3,05\u00a0€"},
			{"in_attesa", "quanto manca agli ordini che aspettano ancora; vuoto se nessuno", ""},
			{"credito", "credito che resta dopo gli ordini completati", "2,95\u00a0€"},
			fieldOrderBody,
		},
		Text: MessageText{
			Subject: "Ricarica di {{importo}} registrata",
			Body: `Gentile {{nome}},

abbiamo registrato il Suo pagamento del {{data}}:

Importo: {{importo}}
Come: {{metodo}}
Riferimento: {{riferimento}}
Restituito all’Ordine: {{restituito}}
Ancora da restituire all’Ordine: {{da_restituire}}

{{ordini}}

{{in_attesa}}

Credito ora: {{credito}}

Cordiali saluti
{{ordine}}
`},
	},
	{
		Kind: MessageTopUpReversed, Title: "Ricarica stornata",
		When: "Parte quando una ricarica è stornata, anche annullando l’importazione che l’aveva registrata.",
		Fields: []MessageField{
			fieldName,
			{"data", "giorno in cui la ricarica era stata registrata", "12/12/2017"},
			{"importo", "quanto era la ricarica", "5,00\u00a0€"},
			{"metodo", "come era stata pagata", "bonifico"},
			{"riferimento", "il riferimento del pagamento", "CRO 12345678901"},
			{"motivo", "il motivo che è stato scritto", "Bonifico attribuito alla persona sbagliata."},
			{"tolto", "quanto è stato tolto dal credito; vuoto se nulla", "2,95\u00a0€"},
			{"credito", "credito che resta", "0,00\u00a0€"},
			{"da_restituire", "quanto l’iscritto deve all’Ordine; vuoto se nulla", "2,05\u00a0€"},
			{"che_fare", "che cosa comporta e come si paga; vuoto se non deve nulla", "Finché non restituisce 2,05\u00a0€ gli acquisti e i rinnovi dei servizi si fermano; la prossima ricarica li salda per prima. Si paga con un bonifico intestato a «Ordine degli Ingegneri di Valdoro», IBAN IT60 X054 2811 1010 0000 0123 456, con la causale «PEC A15266 Morandi Elena», oppure allo sportello."},
			fieldIBAN, fieldAccountHolder, fieldReason, fieldOrderBody,
		},
		Text: MessageText{
			Subject: "Ricarica di {{importo}} stornata",
			Body: `Gentile {{nome}},

la ricarica di {{importo}} registrata il {{data}} ({{metodo}}, riferimento {{riferimento}}) è stata stornata.

Motivo: {{motivo}}

Tolti dal credito: {{tolto}}
Credito che resta: {{credito}}
Da restituire all’Ordine: {{da_restituire}}

{{che_fare}}

Se qualcosa non Le torna, scriva alla segreteria.

Cordiali saluti
{{ordine}}
`},
	},
	{
		Kind: MessageEmailCheck, Title: "Conferma della nuova mail",
		When: "Parte verso la nuova mail di riferimento che un iscritto ha chiesto dalla sua area: vale solo quando la conferma da lì.",
		Fields: []MessageField{
			fieldName,
			{"collegamento", "l’indirizzo della pagina su cui si conferma", "https://pec.ordine.example/conferma-mail/uO3k9"},
			{"entro", "ultimo giorno per confermare", "10/12/2017"},
			fieldOrderBody,
		},
		Text: MessageText{
			Subject: "Confermi la Sua nuova mail di riferimento",
			Body: `Gentile {{nome}},

dalla Sua area ha chiesto di ricevere a questo indirizzo gli avvisi della Sua casella PEC. Per confermarlo apra, entro il {{entro}}, questa pagina:

{{collegamento}}

Finché non conferma gli avvisi continuano ad arrivare all’indirizzo di prima. Se non l’ha chiesto Lei non faccia nulla.

Cordiali saluti
{{ordine}}
`},
	},
	{
		Kind: MessageRecredited, Title: "Servizio respinto e annullato",
		When: "Parte quando la segreteria annulla un servizio che il gestore ha respinto: ciò che era stato pagato, se costava, torna nel credito.",
		Fields: []MessageField{
			fieldName, fieldMailbox,
			{"che_cosa", "quale servizio è annullato", "2 × Multiutente"},
			{"data", "giorno dell’annullamento", "15/02/2018"},
			{"perche", "perché il gestore lo ha respinto, con le sue parole", "contratto non firmato"},
			{"importo", "quanto torna nel credito, IVA compresa; vuoto se non costava nulla", "14,64\u00a0€"},
			{"numero", "gli ordini con cui era stato pagato", "2018/000007"},
			fieldCredit,
			fieldOrderBody,
		},
		Text: MessageText{
			Subject: "Servizio annullato per {{casella}}",
			Body: `Gentile {{nome}},

il gestore non ha attivato un servizio che aveva acquistato per la casella PEC {{casella}}. Il {{data}} lo abbiamo annullato:

- {{che_cosa}}

Motivo del gestore: {{perche}}
Ordine: {{numero}}
Torna nel Suo credito: {{importo}}
Credito: {{credito}}

Il credito non scade e resta Suo: vale per un altro acquisto o per i rinnovi, e a chi lascia l’albo la segreteria lo rimborsa.

Cordiali saluti
{{ordine}}
`},
	},
	{
		Kind: MessageCreditShort, Title: "Credito insufficiente per il rinnovo",
		When: "Parte quando la segreteria scrive agli iscritti che perderanno servizi per mancanza di credito, da «Servizi a rischio».",
		Fields: []MessageField{
			fieldName,
			{"scadenza", "giorno della prima scadenza", "12/10/2018"},
			{"quando", "quanto manca a quel giorno", "fra 30\u00a0giorni"},
			{"caselle", "elenco di ciò che cessa, con la casella e il giorno", "- 1\u00a0GB in più, casella elena.morandi@pec.ordine.example, il 12/10/2018"},
			{"costo", "quanto costa rinnovare tutti i servizi di quelle caselle: netto, IVA e lordo", "2,50\u00a0€ + IVA 0,55\u00a0€ = 3,05\u00a0€"},
			fieldCredit,
			{"prima", "che cosa una ricarica paga prima; vuoto se nulla", ""},
			{"manca", "la ricarica dopo la quale tutto si rinnova, IVA compresa", "2,05\u00a0€"},
			{"come_pagare", "quanto ricaricare, entro quando e come", "Ricarichi almeno 2,05\u00a0€ entro il 12/10/2018: con un bonifico intestato a «Ordine degli Ingegneri di Valdoro», IBAN IT60 X054 2811 1010 0000 0123 456, con la causale «PEC A15266 Morandi Elena», oppure allo sportello."},
			fieldIBAN, fieldAccountHolder, fieldReason, fieldOrderBody,
		},
		Text: MessageText{
			Subject: "Credito insufficiente per il rinnovo del {{scadenza}}",
			Body: `Gentile {{nome}},

il Suo credito non basta per rinnovare i servizi della Sua casella PEC. Senza una ricarica entro il {{scadenza}} ({{quando}}) cessano:

{{caselle}}

Costo del rinnovo: {{costo}}
Credito disponibile: {{credito}}
La ricarica paga prima: {{prima}}
Manca: {{manca}}

{{come_pagare}}

Se ha già pagato, non tenga conto di questo messaggio. Se non vuole tenere questi servizi, non deve fare nulla.

Cordiali saluti
{{ordine}}
`},
	},
	{
		Kind: MessageAccessAsked, Title: "Richiesta di accesso a una casella",
		When: "Parte verso il titolare quando un altro iscritto chiede di vedere e pagare la sua casella: una volta al giorno, per quanto lo chieda.",
		Fields: []MessageField{
			fieldName, fieldGuest, fieldMailbox, fieldOrderBody,
		},
		Text: MessageText{
			Subject: "{{chi}} chiede di vedere e pagare la casella {{casella}}",
			Body: `Gentile {{nome}},

{{chi}} chiede di vedere la Sua casella PEC {{casella}} e di pagare per essa. Vedrebbe scadenza, spazio, servizi e quanto manca per il rinnovo: non i messaggi, non i Suoi recapiti, non il Suo credito. Con il proprio credito potrebbe acquistare servizi per la casella, rinnovarla o versare credito a Lei.

Per concedere o rifiutare entri nella Sua area, alla voce «Caselle di altri iscritti». Finché non concede, {{chi}} non vede nulla; ciò che concede lo può revocare quando vuole.

Cordiali saluti
{{ordine}}
`},
	},
	{
		Kind: MessageAccessDecided, Title: "Risposta a una richiesta di accesso",
		When: "Parte verso chi ha chiesto di vedere e pagare la casella di un altro iscritto, quando il titolare lo concede, lo rifiuta o lo revoca.",
		Fields: []MessageField{
			fieldName, fieldMailbox,
			{"esito", "la decisione: concesso, rifiutato o revocato", "concesso"},
			{"titolare", "nome e cognome del titolare; vuoto se non l’ha mai concesso", "Bruno Verdi"},
			{"che_cosa", "che cosa cambia per chi legge", "Ora la vede nella Sua area, tra le caselle che Le hanno affidato; con il Suo credito può acquistare servizi per essa e, se si rinnova con un ordine, rinnovarla."},
			fieldOrderBody,
		},
		Text: MessageText{
			Subject: "Casella PEC {{casella}}: accesso {{esito}}",
			Body: `Gentile {{nome}},

il titolare della casella PEC {{casella}} ha deciso sull’accesso che Lei aveva chiesto: {{esito}}.

Titolare: {{titolare}}

{{che_cosa}}

Cordiali saluti
{{ordine}}
`},
	},
	{
		Kind: MessageAccessPaid, Title: "Pagamento di un altro iscritto",
		When: "Parte verso il titolare quando chi ha accesso alla sua casella compra qualcosa per essa, ne ordina il rinnovo o versa del credito.",
		Fields: []MessageField{
			fieldName, fieldGuest, fieldMailbox,
			{"che_cosa", "che cosa ha pagato", "1\u00a0GB in più, fino al 12/10/2018"},
			{"importo", "quanto ha pagato, IVA compresa", "3,05\u00a0€"},
			{"numero", "numero dell’ordine; vuoto se ha versato del credito", "2017/000007"},
			{"ordini", "elenco degli ordini in attesa che il credito versato ha completato; vuoto se nessuno", ""},
			fieldCredit,
			fieldOrderBody,
		},
		Text: MessageText{
			Subject: "{{chi}} ha pagato per la casella {{casella}}",
			Body: `Gentile {{nome}},

{{chi}}, a cui ha dato accesso alla Sua casella PEC {{casella}}, ha pagato per essa con il proprio credito:

- {{che_cosa}}

Importo: {{importo}}
Ordine: {{numero}}

{{ordini}}

Credito che Le resta: {{credito}}

L’ordine, se c’è, è Suo: lo trova nella Sua area con la ricevuta. L’accesso lo può revocare quando vuole, alla voce «Caselle di altri iscritti».

Cordiali saluti
{{ordine}}
`},
	},
	{
		Kind: MessageSummary, Title: "Riepilogo per la segreteria",
		When: "Parte verso gli operatori della segreteria il giorno dopo, se qualche messaggio è partito o non è riuscito.",
		Fields: []MessageField{
			{"giorno", "giorno degli invii", "12/07/2018"},
			{"partiti", "quanti messaggi sono partiti", "118"},
			{"non_riusciti", "quanti non sono riusciti", "2"},
			{"in_attesa", "quanti aspettano ancora di partire; vuoto se nessuno", "3"},
			{"carta", "quanti aspettano di essere spediti su carta; vuoto se nessuno", "1"},
			{"elenco", "a chi non sono arrivati e perché; vuoto se tutti sono partiti", "- elena@posta.example, Avviso di scadenza: 550 la casella non esiste"},
			fieldOrderBody,
		},
		Text: MessageText{
			Subject: "Messaggi del {{giorno}}: {{partiti}} partiti, {{non_riusciti}} non riusciti",
			Body: `Messaggi agli iscritti del {{giorno}}.

Partiti: {{partiti}}
Non riusciti: {{non_riusciti}}
Ancora da inviare: {{in_attesa}}
Da spedire su carta: {{carta}}

{{elenco}}

Tutti i messaggi sono nel programma, alla voce Avvisi.

{{ordine}}
`},
	},
}

// Fields that several messages have.
var (
	fieldName          = MessageField{"nome", "nome e cognome dell’iscritto", "Elena Morandi"}
	fieldGuest         = MessageField{"chi", "nome e cognome dell’altro iscritto", "Bruno Verdi"}
	fieldMailbox       = MessageField{"casella", "indirizzo della casella", "elena.morandi@pec.ordine.example"}
	fieldExpiry        = MessageField{"scadenza", "giorno di scadenza", "12/10/2018"}
	fieldCredit        = MessageField{"credito", "credito residuo", "1,00\u00a0€"}
	fieldIBAN          = MessageField{"iban", "l’IBAN dell’Ordine, per un bonifico; vuoto se non è scritto in Amministrazione o se non manca nulla", "IT60 X054 2811 1010 0000 0123 456"}
	fieldAccountHolder = MessageField{"intestatario", "di chi è il conto; vuoto se non manca nulla", "Ordine degli Ingegneri di Valdoro"}
	fieldReason        = MessageField{"causale", "la causale da scrivere sul bonifico; vuoto se non manca nulla", "PEC A15266 Morandi Elena"}
	fieldOrderBody     = MessageField{"ordine", "nome dell’Ordine", "Ordine degli Ingegneri di Valdoro"}
)

// noticeFields are those of a notice, by e-mail or on paper.
var noticeFields = []MessageField{
	fieldName, fieldMailbox, fieldExpiry,
	{"quando", "quanto manca alla scadenza", "fra 30 giorni"},
	{"che_cosa", "elenco di ciò che quel giorno si rinnova o cessa", "- La casella si rinnova fino al 12/10/2019, a spese dell’Ordine.\n- 1\u00a0GB in più cessa: credito insufficiente."},
	{"costo", "quanto costa rinnovare tutti i servizi, IVA compresa, e per quanti anni", "3,05\u00a0€ per 1\u00a0anno"},
	fieldCredit,
	{"manca", "quanto manca per rinnovare tutti i servizi; vuoto se nulla", "2,05\u00a0€"},
	{"spazio", "avvertimento se lo spazio scende sotto quello usato; vuoto altrimenti", "Dal 12/10/2018 lo spazio sarà di 1\u00a0GB e ne risultano usati 1,5\u00a0GB: nessun messaggio si cancella, ma la ricezione può fermarsi."},
	{"che_fare", "che cosa può fare l’iscritto", "Per rinnovare tutto ricarichi almeno 2,05\u00a0€ entro il 12/10/2018."},
	{"come_pagare", "come si paga quel che manca; vuoto se non manca nulla", "Si paga con un bonifico intestato a «Ordine degli Ingegneri di Valdoro», IBAN IT60 X054 2811 1010 0000 0123 456, con la causale «PEC A15266 Morandi Elena», oppure allo sportello."},
	fieldIBAN, fieldAccountHolder, fieldReason, fieldOrderBody,
}
