package reports

import (
	"io"
	"iter"

	"albopec/app/pec"
)

// A sheet of labels: A4 with 3 columns of 8 labels of 70 × 36 mm, cut without
// room between them and to the side edges; 297 = 8 × 36 + 2 × 4,5.
const (
	labelColumns = 3
	labelRows    = 8
	labelWidth   = 70.0
	labelHeight  = 36.0
	labelsTop    = 4.5
	// What stays blank in a label: printers do not reach the edge of a sheet, and
	// no sheet lies quite straight.
	labelInset   = 6.0
	labelPadding = 4.0
)

// LabelsOnSheet is how many labels a sheet has.
const LabelsOnSheet = labelColumns * labelRows

// WriteLabelsPDF writes addresses, lines from the name on, on sheets of labels,
// row by row. The first goes on the label `first` of its sheet, from 1 to
// LabelsOnSheet: those before are gone.
func WriteLabelsPDF(w io.Writer, labels iter.Seq[[]string], first int, owner string, madeOn pec.Date) error {
	p := blankPaper(owner, "Etichette", "Indirizzi degli iscritti", madeOn, true)
	p.pdf.SetAutoPageBreak(false, 0)
	place := first - 1
	p.pdf.AddPage()
	for lines := range labels {
		if place == LabelsOnSheet {
			p.pdf.AddPage()
			place = 0
		}
		x := float64(place%labelColumns) * labelWidth
		y := labelsTop + float64(place/labelColumns)*labelHeight
		p.block(x+labelInset, y+labelPadding, labelWidth-2*labelInset, labelHeight-2*labelPadding, 11, lines)
		place++
	}
	return p.write(w)
}
