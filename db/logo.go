package db

// Logo returns the Ordine's logo, a PNG that PDFs can hold; nil when there is
// none.
func (tx *ReadTx) Logo() ([]byte, error) { return value[[]byte](tx, `SELECT png FROM logo`) }

// SetLogo stores the logo; nil takes it away.
func (tx *Tx) SetLogo(png []byte) error {
	if png == nil {
		return tx.exec(`DELETE FROM logo`)
	}
	return tx.exec(`INSERT INTO logo (id, png, actor, at) VALUES (1, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET png = excluded.png, actor = excluded.actor, at = excluded.at`, png, tx.Actor, instant(tx.Now))
}
