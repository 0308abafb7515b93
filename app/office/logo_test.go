package office_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"albopec/db"

	"github.com/jung-kurt/gofpdf"
)

func (o *testOffice) logo() (data []byte) {
	o.t.Helper()
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		data, err = tx.Logo()
		return err
	}))
	return data
}

func pngOf(t *testing.T, picture image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// hugePNG says in its head that it is of so many points a side, and has no more.
func hugePNG(side uint32) []byte {
	head := binary.BigEndian.AppendUint32([]byte("IHDR"), side)
	head = append(binary.BigEndian.AppendUint32(head, side), 8, 6, 0, 0, 0)
	data := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), head...)
	return binary.BigEndian.AppendUint32(data, crc32.ChecksumIEEE(head))
}

func TestLogoIsKeptAsPaperCanHoldIt(t *testing.T) {
	o := newOffice(t, "2018-10-12")
	deep := image.NewNRGBA64(image.Rect(0, 0, 300, 100)) // 16 bits a colour, half of it transparent
	for y := range 100 {
		for x := range 150 {
			deep.SetNRGBA64(x, y, color.NRGBA64{R: 0xFFFF, A: 0xFFFF})
		}
	}
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 4000, 3000)), nil); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name          string
		data          []byte
		width, height int
	}{
		{"PNG of 16 bits", pngOf(t, deep), 300, 100},
		{"grey JPEG, large", photo.Bytes(), 1000, 750}, // a quarter of each side
		{"palette", pngOf(t, image.NewPaletted(image.Rect(0, 0, 10, 10), color.Palette{color.Black, color.White})), 10, 10},
		{"one point", pngOf(t, image.NewNRGBA(image.Rect(0, 0, 1, 1))), 1, 1},
	} {
		o.must(o.SetLogo(ctx, "prova", c.data))
		kept, err := png.Decode(bytes.NewReader(o.logo()))
		if err != nil || kept.Bounds().Dx() != c.width || kept.Bounds().Dy() != c.height {
			t.Errorf("%s: kept as %v, %v", c.name, kept.Bounds(), err)
		}
		pdf := gofpdf.New("P", "mm", "A4", "")
		pdf.AddPage()
		pdf.RegisterImageOptionsReader("logo", gofpdf.ImageOptions{ImageType: "PNG"}, bytes.NewReader(o.logo()))
		pdf.ImageOptions("logo", 10, 10, 30, 0, false, gofpdf.ImageOptions{}, 0, "")
		if err := pdf.Output(&bytes.Buffer{}); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	o.must(o.RemoveLogo(ctx, "prova"))
	o.must(o.RemoveLogo(ctx, "prova"))
	if o.logo() != nil {
		t.Error("the logo is still there")
	}
}

func TestWhatIsNoLogo(t *testing.T) {
	o := newOffice(t, "2018-10-12")
	whole := pngOf(t, image.NewNRGBA(image.Rect(0, 0, 64, 64)))
	o.must(o.SetLogo(ctx, "prova", whole))
	before := o.logo()
	for _, c := range []struct {
		data []byte
		says string
	}{
		{nil, "vuoto"},
		{[]byte("GIF89a non è una foto"), "non è un’immagine PNG o JPEG"},
		{[]byte("%PDF-1.4"), "non è un’immagine PNG o JPEG"},
		{make([]byte, 1<<20+1), "supera 1\u00a0MB"},
		{whole[:len(whole)-20], "rovinata"},
		{hugePNG(4001), "4001 × 4001"},
		{hugePNG(1 << 30), "rovinata"},
	} {
		if p := o.refuses("logo_invalid", o.SetLogo(ctx, "prova", c.data)); !strings.Contains(p.Message, c.says) || p.Field != "logo" {
			t.Errorf("%q on %q, want %q", p.Message, p.Field, c.says)
		}
	}
	if !bytes.Equal(before, o.logo()) {
		t.Error("the logo changed")
	}
}
