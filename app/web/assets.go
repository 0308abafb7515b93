package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"path"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"

	"albopec/static"
)

// asset is one file of static, ready to be sent.
type asset struct {
	body    []byte
	gzipped []byte // nil when it does not get smaller
	mime    string
}

// assets reads static once. One hash over all of it stands in every address,
// so that browsers may keep the files for ever and yet see each new version;
// addresses inside the stylesheet stay relative.
var assets = sync.OnceValue(func() (a struct {
	version string
	files   map[string]asset
}) {
	a.files = map[string]asset{}
	sum := sha256.New()
	err := fs.WalkDir(static.Files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := static.Files.ReadFile(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(body))
		sum.Write(body)
		a.files[name] = asset{body: body, gzipped: gzipped(body), mime: mimeOf(name)}
		return nil
	})
	if err != nil {
		panic(fmt.Sprintf("web: embedded files: %v", err)) // they are in the binary: cannot happen
	}
	a.version = hex.EncodeToString(sum.Sum(nil))[:12]
	return a
})

func mimeOf(name string) string {
	switch ext := path.Ext(name); ext {
	case ".woff2":
		return "font/woff2"
	case ".svg":
		return "image/svg+xml"
	default:
		if m := mime.TypeByExtension(ext); m != "" {
			return m
		}
		return "application/octet-stream"
	}
}

func gzipped(body []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(body) // a buffer takes everything
	w.Close()
	if b.Len() >= len(body)*9/10 {
		return nil
	}
	return b.Bytes()
}

// assetURL is the address of a file of static: "/static/3f…/albopec.css".
func assetURL(name string) string { return "/static/" + assets().version + "/" + name }

// sendAsset answers GET /static/VERSION/NAME. An address of another version
// gets today's file, which then must not be kept.
func sendAsset(c *fiber.Ctx) error {
	version, name, _ := strings.Cut(c.Params("*"), "/")
	file, ok := assets().files[name]
	if !ok {
		return fiber.ErrNotFound
	}
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	if version != assets().version {
		c.Set(fiber.HeaderCacheControl, "no-cache")
	}
	c.Set(fiber.HeaderContentType, file.mime)
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	if file.gzipped != nil && strings.Contains(c.Get(fiber.HeaderAcceptEncoding), "gzip") {
		c.Set(fiber.HeaderContentEncoding, "gzip")
		return c.Send(file.gzipped)
	}
	return c.Send(file.body)
}
