package pec

import "testing"

func TestWordsAreSaidOfTheMember(t *testing.T) {
	tests := []struct {
		who  string
		m    Member
		want string
	}{
		{"a man", Member{Sex: "M"}, "iscritto"},
		{"a woman", Member{Sex: "F"}, "iscritta"},
		{"a woman by her tax code", Member{TaxCode: "MLLSNT82P65Z404U"}, "iscritta"},
		{"nobody knows", Member{}, "iscritto"},
	}
	for _, tt := range tests {
		if got := tt.m.Said("iscritto"); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.who, got, tt.want)
		}
	}
}
