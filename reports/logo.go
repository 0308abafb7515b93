package reports

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"image"
	_ "image/jpeg" // logos come as PNG or JPEG
	"image/png"

	"github.com/jung-kurt/gofpdf"
)

// maxLogoPixels bounds what is unpacked to draw a logo.
const maxLogoPixels = 16_000_000

// logoPNG is a logo, PNG or JPEG, in the form of PNG that the library can draw:
// it knows neither interlaced images nor 16 bits a channel. It is nil for what is
// no such image or too large.
func logoPNG(logo []byte) (picture []byte, width, height int) {
	config, _, err := image.DecodeConfig(bytes.NewReader(logo))
	if err != nil || config.Width <= 0 || config.Height <= 0 || config.Width > maxLogoPixels/config.Height {
		return nil, 0, 0
	}
	drawn, _, err := image.Decode(bytes.NewReader(logo))
	if err != nil {
		return nil, 0, 0
	}
	flat := image.NewNRGBA(drawn.Bounds())
	for y := flat.Rect.Min.Y; y < flat.Rect.Max.Y; y++ {
		for x := flat.Rect.Min.X; x < flat.Rect.Max.X; x++ {
			flat.Set(x, y, drawn.At(x, y))
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, flat); err != nil {
		return nil, 0, 0
	}
	return out.Bytes(), config.Width, config.Height
}

// drawnLogo is a logo as the document has it already.
type drawnLogo struct {
	logo          []byte // as it was given
	name          string // in the document; empty for what cannot be drawn
	width, height float64
}

// logo draws a logo into the left of a box, or the right, as large as fits, in
// millimetres. What cannot be drawn is left out. One that many pages have is
// unpacked and kept in the document once.
func (p *paper) logo(logo []byte, x, y, width, height float64, right bool) {
	if len(logo) == 0 {
		return
	}
	options := gofpdf.ImageOptions{ImageType: "PNG"}
	if !bytes.Equal(p.drawn.logo, logo) {
		p.drawn = drawnLogo{logo: logo}
		if picture, w, h := logoPNG(logo); picture != nil {
			p.drawn.name, p.drawn.width, p.drawn.height = fmt.Sprintf("logo-%08x", crc32.ChecksumIEEE(logo)), float64(w), float64(h)
			p.pdf.RegisterImageOptionsReader(p.drawn.name, options, bytes.NewReader(picture))
		}
	}
	if p.drawn.name == "" {
		return
	}
	scale := min(width/p.drawn.width, height/p.drawn.height)
	if right {
		x += width - p.drawn.width*scale
	}
	p.pdf.ImageOptions(p.drawn.name, x, y, p.drawn.width*scale, p.drawn.height*scale, false, options, 0, "")
}
