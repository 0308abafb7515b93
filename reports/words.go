package reports

import (
	"strings"
	"time"
)

var monthNames = [...]string{"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"}

// monthName is the Italian name, lower case.
func monthName(m time.Month) string { return monthNames[m-1] }

// capital makes the first letter of an ASCII word a capital.
func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// shortMonth is the name's first three letters.
func shortMonth(name string) string { return name[:3] }

// lowerFirst makes the first letter of an ASCII word a small one.
func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// Kinds of files that reports are.
const (
	MimeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	MimePDF  = "application/pdf"
)
