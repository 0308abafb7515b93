package web

import "slices"

// routes is every page and action of the program, concept by concept.
func (s *site) routes() []route {
	return slices.Concat(
		s.signInRoutes(),
		s.areaRoutes(),
		s.accessRoutes(),
		s.areaViewRoutes(), // before /iscritti/:id
		s.adminRoutes(),
		s.domainRoutes(),
		s.bankAccountRoutes(),
		s.deskRoutes(),
		s.guideRoutes(),
		s.savedListRoutes(), // before /iscritti/:id
		s.labelRoutes(),     // before /iscritti/:id
		s.mergeRoutes(),     // before the pages of one member: «doppioni» is no number
		s.domicileRoutes(),
		s.formalNoticeRoutes(),
		s.indexRoutes(),
		s.subjectRoutes(),
		s.memberRoutes(),
		s.personalRoutes(),
		s.providerRoutes(), // before /caselle/:id
		s.addressRoutes(),
		s.askedSpaceRoutes(),
		s.withdrawalRoutes(),
		s.suspensionRoutes(),
		s.letterRoutes(),
		s.mailboxRoutes(),
		s.importRoutes(),
		s.comparisonRoutes(),
		s.agreementRoutes(),
		s.budgetRoutes(),
		s.providerCreditRoutes(),
		s.reportRoutes(),
		s.documentRoutes(),
		s.closingRoutes(),
		s.renewalRoutes(),
		s.serviceRoutes(),
		s.renewalOrderRoutes(),
		s.manyRenewalsRoutes(),
		s.invoiceRoutes(), // before /ordini/:id
		s.orderRoutes(),
		s.receiptRoutes(),
		s.creditRoutes(),
		s.statementRoutes(),
		s.noticeRoutes(),
	)
}
