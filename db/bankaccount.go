package db

import "albopec/app/pec"

// BankAccount returns the account to which members pay; all of it empty while
// nobody wrote one.
func (tx *ReadTx) BankAccount() (pec.BankAccount, error) {
	return firstOf(all(tx, func(row scanner) (pec.BankAccount, error) {
		var a pec.BankAccount
		return a, row.Scan(&a.IBAN, &a.Holder, &a.Bank, &a.Reason)
	}, `SELECT iban, holder, bank, reason FROM bank_account`))
}

// SetBankAccount stores it; one without an IBAN is none.
func (tx *Tx) SetBankAccount(a pec.BankAccount) error {
	if a.IBAN == "" {
		return tx.exec(`DELETE FROM bank_account`)
	}
	return tx.exec(`INSERT INTO bank_account (id, iban, holder, bank, reason) VALUES (1, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET iban = excluded.iban, holder = excluded.holder, bank = excluded.bank, reason = excluded.reason`, a.IBAN, a.Holder, a.Bank, a.Reason)
}
