package db

import (
	"strings"
	"testing"
)

// One member's domicile is asked for thousands of times in a batch of formal
// notices: no step of it may read the register, or all notices, from end to end.
func TestDomicileOfOneReadsNoTableWhole(t *testing.T) {
	d := newDB(t)
	for name, query := range map[string]string{
		"members":   `SELECT ` + memberColumns + `, ` + domicileColumns + ` FROM ` + domicileTables + ` WHERE m.id IN ` + withOwnPECOf + ` ORDER BY m.id`,
		"mailboxes": `SELECT ` + mailboxColumns + ` FROM mailboxes b WHERE b.member_id IN ` + withOwnPECOf + ` ORDER BY b.id`,
		"notices":   `SELECT ` + formalNoticeColumns + ` FROM formal_notices n JOIN letters l ON l.id = n.letter_id WHERE n.member_id = ?1 ORDER BY n.id DESC`,
	} {
		var steps []string
		err := d.Read(ctx, func(tx *ReadTx) (err error) {
			steps, err = all(tx, func(row scanner) (s string, err error) {
				var id, parent, unused int
				return s, row.Scan(&id, &parent, &unused, &s)
			}, `EXPLAIN QUERY PLAN `+query, 1)
			return err
		})
		if err != nil || len(steps) == 0 {
			t.Fatalf("%s: %v, %v", name, steps, err)
		}
		for _, s := range steps {
			if strings.HasPrefix(s, "SCAN ") && s != "SCAN CONSTANT ROW" {
				t.Errorf("%s: %s, in\n%s", name, s, strings.Join(steps, "\n"))
			}
		}
	}
}
