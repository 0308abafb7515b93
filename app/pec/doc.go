// Package pec knows the business: what an Ordine's PEC mailboxes are, what they
// cost, when they expire and who pays. It holds pure values and the decisions
// made on them. There is no clock here, no file, no table, no page: the day is
// always an argument, and a decision is a value that somebody else writes down.
//
// # Words
//
// The order body (Ordine) keeps the register (albo) of its members (iscritti).
// A member has a registration number (numero di iscrizione), a tax code (codice
// fiscale), a section and sector (sezione, settore) and a status: active
// (iscritto), suspended (sospeso), cancelled (cancellato), transferred
// (trasferito), deceased (deceduto). The first two are on the register.
//
// A mailbox (casella PEC) is an address in the Ordine's domain with one holder
// (titolare). It is requested (richiesta), sent to the provider (inviata al
// gestore), active (attiva), perhaps rejected (respinta) or suspended (sospesa),
// in the end closed (chiusa). Its kind (tipologia) gives base space, price and
// who pays. The agreement (convenzione) says what Ordine and provider settled:
// kinds, products, prices, VAT (IVA), policy (criterio), from a day on.
//
// A product (servizio aggiuntivo) is bought with an order (ordine di acquisto)
// after a quote (preventivo) and runs on a mailbox as a service (servizio
// attivo). Members pay from their credit (credito residuo), a ledger of entries
// (movimenti) that top-ups (ricariche) fill. What the Ordine owes the provider is
// a charge (costo a carico dell'Ordine). E stands for a mailbox's expiry
// (scadenza): the first day that is no longer in its term, the day of the tacit
// renewal (tacito rinnovo). Days are civil days in Rome; money is euro in cents,
// and each amount says whether it is net (imponibile) or gross (lordo).
//
// # The mailbox's year (scadenze)
//
//   - R1. Activated on A for n years, a mailbox expires on the n-th anniversary E
//     of A. The term is A ≤ day < E. See [Expiry].
//   - R2. The anniversary keeps the day of A: from 29/02/2024 come 28/02/2025,
//     28/02/2026, 28/02/2027 and 29/02/2028.
//   - R3. Every service of a mailbox ends on that mailbox's E, whenever bought.
//   - R4. On E a mailbox of a kind that the Ordine pays, with automatic renewal on
//     and its holder on the register, is renewed from E: one charge for each
//     mailbox and period, ever. Activation makes the first charge; a charge
//     belongs to the year in which its period begins. See [Renewals].
//   - R5. A leaver's mailbox is not renewed. It closes on the earlier of E and the
//     leaving day plus the agreement's grace (60 days if it names none, no limit
//     if it says null), never before the leaving was registered. What credit is
//     left stays until it is refunded (rimborso). See [LeaverClosesOn].
//   - R6. A run may come late, twice, or be cut short: it ends where a run every
//     day would have ended. Hence each write on a member first carries out what
//     fell due before its day. Day E itself belongs to the member.
//   - R7. When a mailbox closes, its services end with it.
//
// # What a purchase costs (prezzi)
//
//   - R8. Policy full_year (anno intero): with more left to E than the free window
//     (periodo gratuito), whole years are charged, counted back from E, a started
//     one whole; from E minus the window on, nothing until E.
//   - R9. Policy monthly (rateo): a twelfth of the year's price for each started
//     month, counted forward from the purchase. No free window.
//   - R10. VAT is worked out and rounded, half up, on each line's net. See [Taxed].
//   - R11. What was free until E renews on E at full price; a quote in the 30 days
//     before the window opens says when it does.
//   - R12. Base and extra space together stay within the kind's cap. Refused too:
//     a quantity below 1, a mailbox that is not active or whose E is today or
//     past, a product that the kind does not allow. See [Agreement.Quote].
//
// One GB at 2,50 € bought on 07/12/2017 for a mailbox with E 12/10/2018 costs one
// year: 2,50 € + IVA 0,55 € = 3,05 €. Bought on 12/07/2018, exactly three months
// before E, it costs nothing until E.
//
// # Credit and orders (credito, ordini)
//
//   - R13. A purchase that the credit covers is completed and runs at once. Any
//     other waits for payment (in attesa di pagamento), asks for what is missing,
//     and completes by itself, once. Each purchase is a service of its own. Where
//     it is at the provider is another matter, told apart: bought and being
//     activated, active since a day, refused. See [ProviderMailbox.AtProvider].
//     One that was refused is asked for again, or cancelled: then what was paid for
//     the periods in which the provider did not give it comes back (riaccredito),
//     and the order stays as it is. See [ProviderMailbox.NotGiven].
//   - R14. The ledger is only ever added to; a mistake is mended by an opposite
//     entry (storno). The balance is the sum of the entries and never negative:
//     what cannot be taken back is a claim (credito da recuperare) that blocks
//     purchases and renewals until the next top-up settles it. See [ReversalSplit].
//   - R15. A top-up is known by method, reference and member: the same again with
//     the same amount is entered once, with another amount refused. Card payments
//     and IUV are unique absolutely, other references may pay for several members.
//     One that stands under another method is asked about, or warned of in a list.
//     What was reversed stands no more: its reference may be entered again, for whom
//     it is and with the right amount, when who enters it confirms it. See [CheckIUV].
//   - R16. A completed order takes the next number of the year in which it is
//     recorded, without gaps: 2026/000123.
//   - R17. In their own area members accept the conditions before the first
//     purchase; version and moment are kept. See [Terms].
//   - R18. A mailbox with automatic renewal off, or of a kind that the member pays,
//     is renewed by an order once it is paid, and closes on E if it is not. Paid
//     ahead it moves E at once; kind and quantities ordered hold from the E that
//     was. One renewal ahead at a time. See [Book.QuoteRenewal].
//
// A waiting order keeps its price for 30 days and at most until E
// ([WaitingOrder.LapsesOn]). Waiting orders complete strictly oldest first,
// stopping at the first that the credit does not cover; the cap is looked at
// again then, and who paid for what no longer fits is told. On one day renewals
// come before waiting orders. Whoever buys on a page the same twice on one day, or
// space that can never complete beside what waits, is asked first ([Book.Doubt]).
//
// What was bought and cost something is invoiced by the Ordine or by the
// provider, as the agreement of the order says ([Agreement.Invoicer]): they get
// lists of completed orders (elenchi da fatturare), each order in one list, ever,
// with whom its invoice is for ([Invoicee]) as it stood then. What came back before
// its order was listed is in no list; of what comes back later a credit note (nota
// di credito) is due.
//
// The Ordine may pay the provider ahead (credito presso il gestore): deposits,
// each known by its reference, against the charges, gross, from the first
// deposit's day on. See [ProviderMonths] and [RunsOut].
//
// # Renewal of services (rinnovo dei servizi)
//
//   - R19. On E each service with renewal on costs a full year, times the term, by
//     the agreement in force on E. They are taken in the member's order of
//     preference, oldest first unless changed ([ByPreference]): each is renewed if
//     what is left of the credit covers its gross, and ends otherwise.
//   - R20. Until the day before E a service's renewal may be turned off or its
//     quantity lowered for the next year, not below the space known to be used.
//   - R21. Notices (avvisi di scadenza) go out on the agreement's days before E
//     and on E, for each mailbox with a service or that does not renew by itself,
//     once for each mailbox, E and step; a late run raises the latest step only.
//     After E one message says what was renewed or ended. See [Watch.Decide].
//     The secretariat may besides write to all whose credit will not do, to each
//     once a week at most. See [CreditShortFacts].
//   - R22. A message is stored with the change that causes it and sent afterwards,
//     at most 8 times, with growing pauses; who has no e-mail gets a letter on
//     paper, save that a payment came in. Nobody writes to the deceased about
//     money. See [AfterAttempt] and [MessageForms].
//
// # Files in (importazione)
//
//   - R23. A row is a known member by tax code, else by registration number when
//     nothing speaks against it. A missing column or an empty cell leaves what is
//     there; what was there before is kept. An operator may choose otherwise:
//     only new members or only known ones, cells that empty, those whom the file
//     lacks marked as having left. See [ImportChoices].
//   - R24. Nothing is written before its preview was seen; the write is one
//     transaction, refused rows come back with their reasons, and an undo takes
//     back what nobody has touched since.
//   - R25. Created, updated, unchanged and refused rows add up to the rows read.
//
// A provider's list of mailboxes finds them by address. What runs there is taken
// in with its expiry as the anchor and without a charge for the running period
// (9.5); what was requested here is activated by it, with its charge (R4). See
// [PlanMailboxes].
//
// A list of payments, pagoPA receipts (ricevute telematiche) by their IUV or a
// bank's transfers by their CRO, is a top-up a row: only what was paid, each once
// (R15), for a member whom nothing in the row contradicts. An undo reverses what
// the credit still covers and completed nothing (R14); what it took back may come
// in again. See [PlanPayments].
//
// # Files out (esportazione)
//
//   - R26. INI-PEC gets the differences since the state last communicated:
//     insertions, updates, cancellations; the first file holds all.
//     A position is known by tax code; a changed PEC is an update, a member who
//     left or lost the domicile a removal, one who comes back an insertion. What
//     the index refused counts as never sent. See [IndexDue]. ReGIndE, the
//     Ministry's register of addresses, is told of whole persons, and answers with
//     codes. See [SubjectsDue] and [SubjectsTold].
//     The provider (gestore) is told in the same way: what it was last told of
//     a mailbox is kept, and a file asks for what differs: activation, closing,
//     another space, another total of any other product that the Ordine sells
//     (servizio), such as archive space, conservazione or users. A request
//     (richiesta) has a reference for life and is in one file; only when an
//     operator says that its answer was lost does the next file ask again. An
//     outcome (esito) is taken when it can be of one request only and nothing
//     contradicts it; who sends no file says by hand what the provider has done.
//     What ends with a mailbox is told by its closing alone, what members buy at
//     the provider is not asked, a one-off is handed over. See
//     [ProviderMailbox.Due] and [PlanOutcomes].
//   - R27. Money in a report is the sum of stored entries, and two reports of one
//     period agree with each other and with the ledger.
//
// A provider's list, or its invoice, is held against the books as well (confronto):
// who is only there, only here, what differs and what a year of it is worth. See
// [CompareMailboxes].
//
// # The digital domicile (domicilio digitale)
//
// A member's domicile is the Ordine's mailbox while it is active, or a PEC of
// their own that has the form of an address, is nobody else's and was not marked;
// the member may choose between them ([DecideDomiciles]). Who is on the register
// and has none is told why, and may be sent a formal notice (diffida): thirty days
// from its delivery, pauses not counted, then the council decides on a suspension,
// which is revoked when a PEC is communicated ([FormalNotice]).
//
// # Two positions, one person (doppioni)
//
// Positions that may be one person are found by what they have in common
// ([Duplicates]) and merged when an operator says so ([ProposeMerge]): the one
// that goes leads to the other, its credit passes by opposite entries
// ([EntryTransfer]), so that no sum changes (R14, R27). A row of a file with its
// old code, or its old number and name, speaks of the one that stays
// ([FormerPosition]) and gives way to that one's own row.
//
// A person is given all that is held of them. Asked for, the contact data of a
// leaver go ([ContactFields]) and entries of money stay ten years
// ([MoneyKeptUntil], 9.10).
//
// # Mailboxes of others (caselle affidate)
//
// A holder may grant another member, the guest, access to a mailbox: to see it
// and to pay for it, until one of the two ends it ([Access]). A guest asks at most
// once a day, and no more for a while after three refusals ([RefusesRequest]). What the guest pays
// passes to the holder's credit by the same opposite entries ([EntryTransfer]),
// for nothing in particular, as a top-up, or for a purchase or the renewal of the
// mailbox as it is ([Book.QuoteGuestRenewal]), an order which is the holder's, at
// the holder's price and paid at once. The guest accepts the conditions for
// themselves (R17). Of the holder they see what the mailbox has
// and what its renewal lacks, not movements, orders, contact data or a claim.
//
// In comments, R8 points at a rule above; (9.1) to (9.12) point at decided cases:
// waiting orders (9.1), several mailboxes with one E (9.2), leavings on E or
// registered late and returns (9.3), leavers in imports (9.4), imported expiries
// (9.5), who is given a mailbox and its address (9.6), agreements that lack a
// product, a kind or a day (9.7), space below use (9.8), purchases before
// activation and changes of kind (9.9), the deceased (9.10), the day to which a
// figure belongs (9.11), letters for digits in tax codes (9.12).
package pec
