package office

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	_ "image/jpeg" // a logo may be one
	"image/png"

	"albopec/app/pec"
	"albopec/db"
)

// Bounds of a logo as it is sent.
const (
	MaxLogo      = 1 << 20 // bytes
	maxLogoSide  = 4000    // pixels
	keptLogoSide = 1200    // pixels: more than paper shows at the size of a letterhead
)

// SetLogo keeps the Ordine's logo, a PNG or JPEG of at most 1 MB and 4000 × 4000
// pixels, as a plain PNG of 8 bits a colour: PDFs cannot hold every other.
func (o *Office) SetLogo(ctx context.Context, actor string, data []byte) error {
	plain, err := plainLogo(data)
	if err != nil {
		return err
	}
	return o.write(ctx, actor, func(tx *db.Tx) error {
		before, err := tx.Logo()
		if err != nil || bytes.Equal(before, plain) {
			return err
		}
		if err := tx.SetLogo(plain); err != nil {
			return err
		}
		return tx.Record("logo", "letterhead", 0, nil)
	})
}

// RemoveLogo takes the logo away.
func (o *Office) RemoveLogo(ctx context.Context, actor string) error {
	return o.write(ctx, actor, func(tx *db.Tx) error {
		before, err := tx.Logo()
		if err != nil || before == nil {
			return err
		}
		if err := tx.SetLogo(nil); err != nil {
			return err
		}
		return tx.Record("logo.removed", "letterhead", 0, nil)
	})
}

// plainLogo reads a picture that was sent and writes it as documents print it.
// Its size is looked at first: a small file can unfold into gigabytes.
func plainLogo(data []byte) ([]byte, error) {
	refuse := func(format string, args ...any) ([]byte, error) {
		return nil, pec.Refuse("logo_invalid", format, args...).On("logo")
	}
	switch {
	case len(data) == 0:
		return refuse("Il file del logo è vuoto.")
	case len(data) > MaxLogo:
		return refuse("Il file supera 1\u00a0MB: ne invii uno più piccolo.")
	}
	head, format, err := image.DecodeConfig(bytes.NewReader(data))
	switch {
	case errors.Is(err, image.ErrFormat), err == nil && format != "png" && format != "jpeg":
		return refuse("Il file non è un’immagine PNG o JPEG.")
	case err != nil:
		return refuse("L’immagine è rovinata o incompleta: la esporti di nuovo come PNG o JPEG.")
	case head.Width > maxLogoSide || head.Height > maxLogoSide:
		return refuse("L’immagine è di %d × %d punti: al massimo %d × %d.", head.Width, head.Height, maxLogoSide, maxLogoSide)
	case head.Width < 1 || head.Height < 1:
		return refuse("L’immagine è vuota.")
	}
	picture, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return refuse("L’immagine è rovinata o incompleta: la esporti di nuovo come PNG o JPEG.")
	}
	var out bytes.Buffer
	if err := png.Encode(&out, shrunk(picture)); err != nil {
		return nil, fmt.Errorf("writing the logo: %w", err)
	}
	return out.Bytes(), nil
}

// shrunk draws a picture in 8 bits a colour, and smaller when it has more points
// than documents can show: each point is then the mean of those it stands for.
func shrunk(picture image.Image) *image.NRGBA {
	b := picture.Bounds()
	whole := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(whole, whole.Bounds(), picture, b.Min, draw.Src)
	n := (max(b.Dx(), b.Dy()) + keptLogoSide - 1) / keptLogoSide
	if n < 2 {
		return whole
	}
	small := image.NewNRGBA(image.Rect(0, 0, max(b.Dx()/n, 1), max(b.Dy()/n, 1)))
	for y := range small.Rect.Dy() {
		for x := range small.Rect.Dx() {
			mean(small.Pix[small.PixOffset(x, y):], whole, x*n, y*n, n)
		}
	}
	return small
}

// mean writes the mean of a square of points, transparent ones without weight on
// the colour.
func mean(into []uint8, p *image.NRGBA, left, top, n int) {
	var r, g, b, a, points uint32
	for y := top; y < min(top+n, p.Rect.Dy()); y++ {
		for x := left; x < min(left+n, p.Rect.Dx()); x++ {
			c := p.NRGBAAt(x, y)
			alpha := uint32(c.A)
			r, g, b = r+uint32(c.R)*alpha, g+uint32(c.G)*alpha, b+uint32(c.B)*alpha
			a += alpha
			points++
		}
	}
	if a > 0 {
		into[0], into[1], into[2] = uint8(r/a), uint8(g/a), uint8(b/a)
	}
	into[3] = uint8(a / points)
}
