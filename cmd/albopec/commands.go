package main

import (
	"fmt"

	"albopec/app/pec"
)

// commands is the command line. Its forms stay as they are once released:
// others script against them.
type commands struct {
	DB   string `name:"db" env:"ALBOPEC_DB" default:"${db}" placeholder:"FILE" help:"Il database (predefinito: ${db})."`
	On   dayArg `name:"on" placeholder:"AAAA-MM-GG" help:"Il giorno da considerare come oggi."`
	JSON bool   `name:"json" help:"Scrive un oggetto JSON e nient’altro."`

	Demo      demoCmd  `cmd:"" help:"Crea un Ordine inventato, ne gioca un anno e mezzo e lo serve."`
	Serve     serveCmd `cmd:"" help:"Le pagine web, con i lavori notturni."`
	Init      initCmd  `cmd:"" help:"Un nuovo database con il suo Ordine e il primo amministratore."`
	Agreement struct {
		Set  agreementSetCmd  `cmd:"" help:"Aggiunge la convenzione di un file."`
		List agreementListCmd `cmd:"" help:"Elenca le convenzioni."`
	} `cmd:"" help:"Le convenzioni con il gestore."`
	Import struct {
		Members   importMembersCmd   `cmd:"" help:"Importa l’albo da CSV o XLSX."`
		Mailboxes importMailboxesCmd `cmd:"" help:"Importa l’elenco delle caselle che ci sono presso il gestore."`
		Services  importServicesCmd  `cmd:"" help:"Importa l’estratto del gestore con i servizi acquistati là."`
		Payments  importPaymentsCmd  `cmd:"" help:"Importa le ricevute pagoPA, o l’elenco dei bonifici."`
		Undo      importUndoCmd      `cmd:"" help:"Annulla un’importazione."`
	} `cmd:"" help:"Importa un file."`
	Provision provisionCmd `cmd:"" help:"Richiede una casella per ogni iscritto che non l’ha."`
	Provider  struct {
		Send    providerSendCmd    `cmd:"" help:"Scrive il file delle richieste per il gestore; ognuna una volta sola."`
		File    providerFileCmd    `cmd:"" help:"Riscrive un file già inviato, com’era."`
		Again   providerAgainCmd   `cmd:"" help:"Di un file non è arrivata risposta: le sue richieste tornano nel prossimo."`
		Outcome providerOutcomeCmd `cmd:"" help:"Registra gli esiti che il gestore ha mandato."`
	} `cmd:"" help:"Le richieste al gestore e i loro esiti."`
	Activate activateCmd `cmd:"" help:"Registra l’attivazione di una casella."`
	Mailbox  mailboxCmd  `cmd:"" help:"Una casella come la vede il titolare."`
	Quote    quoteCmd    `cmd:"" help:"Quanto costerebbe un acquisto."`
	Topup    topupCmd    `cmd:"" help:"Registra un pagamento."`
	Order    orderCmd    `cmd:"" help:"Un acquisto."`
	Renew    renewCmd    `cmd:"" help:"I rinnovi e le chiusure fino a un giorno."`
	Renewal  struct {
		Order renewalOrderCmd `cmd:"" help:"Rinnova una casella con un ordine, o ne cambia la tipologia."`
		Auto  renewalAutoCmd  `cmd:"" help:"Accende o spegne il rinnovo automatico di una casella."`
		Kind  renewalKindCmd  `cmd:"" help:"Sceglie per la scadenza una tipologia a carico dell’Ordine, senza ordine."`
	} `cmd:"" help:"Che cosa accade a una casella alla sua scadenza."`
	Notices noticesCmd `cmd:"" help:"Prepara gli avvisi di scadenza del giorno."`
	Mail    struct {
		Send mailSendCmd `cmd:"" help:"Invia i messaggi che aspettano."`
	} `cmd:"" help:"I messaggi agli iscritti."`
	Report reportCmd `cmd:"" help:"Il report di un anno, in Excel e PDF."`
	Export struct {
		Members   exportMembersCmd   `cmd:"" help:"L’albo, in CSV o XLSX."`
		Mailboxes exportMailboxesCmd `cmd:"" help:"Le caselle che non sono chiuse, in CSV o XLSX."`
		Inipec    exportInipecCmd    `cmd:"" help:"Le variazioni del giorno per INI-PEC, che da allora risultano inviate."`
		Reginde   exportRegindeCmd   `cmd:"" help:"Le variazioni per ReGIndE, che da allora risultano inviate."`
	} `cmd:"" help:"Esporta un elenco o un file ufficiale."`
	Job struct {
		List jobListCmd `cmd:"" help:"I lavori notturni, con l’ultimo esito."`
		Run  jobRunCmd  `cmd:"" help:"Esegue un lavoro ora, per chi preferisce cron o systemd."`
	} `cmd:"" help:"I lavori che il programma fa da sé."`
	Check   checkCmd   `cmd:"" help:"Controlla il file e i conti."`
	Backup  backupCmd  `cmd:"" help:"Una copia del database, provata."`
	Restore restoreCmd `cmd:"" help:"Torna a una copia; il vecchio file resta accanto."`
	Member  struct {
		Status   memberStatusCmd   `cmd:"" help:"Sospende, cancella, trasferisce o riammette un iscritto."`
		Password memberPasswordCmd `cmd:"" help:"La password dell’area iscritto."`
	} `cmd:"" help:"Un iscritto."`
	User struct {
		Add      userAddCmd      `cmd:"" help:"Aggiunge un operatore."`
		Password userPasswordCmd `cmd:"" help:"Cambia la password di un operatore."`
	} `cmd:"" help:"Gli operatori."`
}

// dayArg is a day given as YYYY-MM-DD.
type dayArg struct{ pec.Date }

// UnmarshalText reads the day; anything else is wrong usage.
func (d *dayArg) UnmarshalText(b []byte) error {
	p, err := pec.ParseDate(string(b))
	if err != nil {
		return fmt.Errorf("vuole un giorno come 2018-10-12, non «%s»", b)
	}
	d.Date = p
	return nil
}
