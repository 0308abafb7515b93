package reports

import (
	"bytes"
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

// logo draws a logo into the left of a box, as large as fits, in millimetres.
// What cannot be drawn is left out.
func (p *paper) logo(logo []byte, x, y, width, height float64) {
	picture, w, h := logoPNG(logo)
	if picture == nil {
		return
	}
	scale := min(width/float64(w), height/float64(h))
	options := gofpdf.ImageOptions{ImageType: "PNG"}
	p.pdf.RegisterImageOptionsReader("logo", options, bytes.NewReader(picture))
	p.pdf.ImageOptions("logo", x, y, float64(w)*scale, float64(h)*scale, false, options, 0, "")
}
