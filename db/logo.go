package db

import "time"

// Logo returns the Ordine's logo, a PNG that PDFs can hold; nil when there is
// none.
func (tx *ReadTx) Logo() ([]byte, error) { return value[[]byte](tx, `SELECT png FROM logo`) }

// LogoSince returns the logo and the instant from which the Ordine has it; nil when
// there is none.
func (tx *ReadTx) LogoSince() (png []byte, at time.Time, err error) {
	type kept struct {
		png []byte
		at  time.Time
	}
	k, err := firstOf(all(tx, func(row scanner) (kept, error) {
		var k kept
		return k, row.Scan(&k.png, instantInto{&k.at})
	}, `SELECT png, at FROM logo`))
	return k.png, k.at, err
}

// SetLogo stores the logo; nil takes it away.
func (tx *Tx) SetLogo(png []byte) error {
	if png == nil {
		return tx.exec(`DELETE FROM logo`)
	}
	return tx.exec(`INSERT INTO logo (id, png, actor, at) VALUES (1, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET png = excluded.png, actor = excluded.actor, at = excluded.at`, png, tx.Actor, instant(tx.Now))
}
