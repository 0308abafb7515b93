// Package static carries the stylesheet, the script and what npm copied into
// vendor/. It knows nothing of the program.
package static

import "embed"

// Files holds albopec.css, albopec.js and, once npm has run, vendor/.
//
//go:embed albopec.css albopec.js vendor*
var Files embed.FS
