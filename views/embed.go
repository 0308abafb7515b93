// Package views carries the templates: one page, one file; partials/ has the
// parts that pages share, layouts/ the shells around them, guida/ the manual.
package views

import "embed"

// Files holds every template.
//
//go:embed *.html guida layouts partials
var Files embed.FS
