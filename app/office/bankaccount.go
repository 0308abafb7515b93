package office

import (
	"context"

	"albopec/app/pec"
	"albopec/db"
)

// SetBankAccount stores the account to which members pay, or that there is none
// to tell them. The log keeps the one before: an IBAN that changes is looked at.
func (o *Office) SetBankAccount(ctx context.Context, actor string, a pec.BankAccount) error {
	a, err := a.Check()
	if err != nil {
		return err
	}
	return o.write(ctx, actor, func(tx *db.Tx) error {
		before, err := tx.BankAccount()
		if err != nil || a == before {
			return err
		}
		if err := tx.SetBankAccount(a); err != nil {
			return err
		}
		return tx.Record("bank_account", "bank_account", 0, map[string]any{"iban": a.IBAN, "holder": a.Holder, "bank": a.Bank, "reason": a.Reason, "iban_before": before.IBAN})
	})
}

// TransferOf is how a member pays by bank transfer.
func TransferOf(tx *db.ReadTx, m pec.Member) (pec.Transfer, error) {
	account, err := tx.BankAccount()
	if err != nil {
		return pec.Transfer{}, err
	}
	body, err := orderBodyName(tx)
	return account.For(m, body), err
}
