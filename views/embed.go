// Package views carries the templates: one page, one file; partials/ has the
// parts that pages share, layouts/ the shells around them.
package views

import "embed"

// Files holds every template.
//
//go:embed *.html layouts partials
var Files embed.FS
