package pec

import "strings"

// provinceNames are the 107 provinces of Italy with their signs, as the
// Codice dei comuni lists them by region.
var provinceNames = map[string]string{
	"AL": "Alessandria", "AT": "Asti", "BI": "Biella", "CN": "Cuneo", "NO": "Novara", "TO": "Torino", "VB": "Verbano-Cusio-Ossola", "VC": "Vercelli",
	"AO": "Aosta", "GE": "Genova", "IM": "Imperia", "SP": "La Spezia", "SV": "Savona",
	"BG": "Bergamo", "BS": "Brescia", "CO": "Como", "CR": "Cremona", "LC": "Lecco", "LO": "Lodi", "MN": "Mantova", "MI": "Milano", "MB": "Monza e Brianza", "PV": "Pavia", "SO": "Sondrio", "VA": "Varese",
	"BZ": "Bolzano", "TN": "Trento", "BL": "Belluno", "PD": "Padova", "RO": "Rovigo", "TV": "Treviso", "VE": "Venezia", "VR": "Verona", "VI": "Vicenza",
	"GO": "Gorizia", "PN": "Pordenone", "TS": "Trieste", "UD": "Udine",
	"BO": "Bologna", "FE": "Ferrara", "FC": "Forlì-Cesena", "MO": "Modena", "PR": "Parma", "PC": "Piacenza", "RA": "Ravenna", "RE": "Reggio Emilia", "RN": "Rimini",
	"AR": "Arezzo", "FI": "Firenze", "GR": "Grosseto", "LI": "Livorno", "LU": "Lucca", "MS": "Massa-Carrara", "PI": "Pisa", "PT": "Pistoia", "PO": "Prato", "SI": "Siena",
	"PG": "Perugia", "TR": "Terni", "AN": "Ancona", "AP": "Ascoli Piceno", "FM": "Fermo", "MC": "Macerata", "PU": "Pesaro e Urbino",
	"FR": "Frosinone", "LT": "Latina", "RI": "Rieti", "RM": "Roma", "VT": "Viterbo",
	"CH": "Chieti", "AQ": "L’Aquila", "PE": "Pescara", "TE": "Teramo", "CB": "Campobasso", "IS": "Isernia",
	"AV": "Avellino", "BN": "Benevento", "CE": "Caserta", "NA": "Napoli", "SA": "Salerno",
	"BA": "Bari", "BT": "Barletta-Andria-Trani", "BR": "Brindisi", "FG": "Foggia", "LE": "Lecce", "TA": "Taranto", "MT": "Matera", "PZ": "Potenza",
	"CZ": "Catanzaro", "CS": "Cosenza", "KR": "Crotone", "RC": "Reggio Calabria", "VV": "Vibo Valentia",
	"AG": "Agrigento", "CL": "Caltanissetta", "CT": "Catania", "EN": "Enna", "ME": "Messina", "PA": "Palermo", "RG": "Ragusa", "SR": "Siracusa", "TP": "Trapani",
	"CA": "Cagliari", "NU": "Nuoro", "OR": "Oristano", "SS": "Sassari", "SU": "Sud Sardegna",
}

// provinceSigns are the signs by the name, see foldProvince.
var provinceSigns = func() map[string]string {
	signs := map[string]string{}
	for sign, name := range provinceNames {
		signs[foldProvince(name)] = sign
	}
	return signs
}()

// foldProvince makes names alike that are written in different ways: «FORLI'
// CESENA», «Reggio nell’Emilia», «Provincia di Monza e della Brianza».
func foldProvince(name string) string {
	words := strings.FieldsFunc(Fold(name), func(r rune) bool { return !isCapital(r - 'a' + 'A') })
	kept := words[:0]
	for _, w := range words {
		switch w {
		case "provincia", "citta", "metropolitana", "di", "e", "ed", "della", "nell", "nella":
		default:
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, " ")
}

// ProvinceSign is the sign of a province by its name: VT of «Viterbo». False
// for a name that is not known.
func ProvinceSign(name string) (string, bool) {
	sign, ok := provinceSigns[foldProvince(name)]
	return sign, ok
}

// checkTyped warns of what a person most likely did not mean to type. Files are
// not judged so: what they have stands in thousands of members.
func (r *memberReader) checkTyped() {
	for _, f := range []Field{FieldBirthProvince, FieldProvince} {
		if value := *r.said.text(f); value != "" && !isSign(value) {
			correction := "Scriva la sigla, per esempio RM."
			if sign, ok := ProvinceSign(value); ok {
				correction = "Scriva " + sign + "."
			}
			r.warn(f, "province_not_sign", quoted(value)+" non è la sigla di una provincia.", correction)
		}
	}
	// Three or four digits are a sheet’s, which dropped the zeros before them.
	if code := r.cell(FieldPostalCode); r.said.Province != abroad && code != "" && (len(code) < 3 || len(code) > 5) && !strings.ContainsFunc(code, func(c rune) bool { return !isNumeral(c) }) {
		r.warn(FieldPostalCode, "postal_code_digits", quoted(code)+" non è un CAP: ne servono cinque cifre.", "Scriva per esempio 00187; per l’estero la provincia è EE.")
	}
	for _, f := range []Field{FieldPhone, FieldMobile} {
		if value := *r.said.text(f); value != "" && !strings.ContainsFunc(value, isNumeral) {
			r.warn(f, "phone_without_digits", quoted(value)+" non è un numero di telefono: non ha cifre.", "Lo corregga, o lasci vuoto il campo.")
		}
	}
}

// RefuseProvince refuses a sign that no province of Italy has; nil when one has it,
// or it is of abroad. Of who types their own: an operator may know of a former
// one.
func RefuseProvince(sign string) *Problem {
	if _, known := provinceNames[sign]; known || sign == "" || sign == abroad {
		return nil
	}
	return Refuse("province_unknown", "%s non è la sigla di una provincia italiana. Scriva per esempio RM, o EE per l’estero.", quoted(sign)).On(string(FieldProvince))
}

// abroad stands in the place of a province outside Italy.
const abroad = "EE"

// isSign reports whether a province is written with two capital letters.
func isSign(s string) bool { return len(s) == 2 && isCapital(rune(s[0])) && isCapital(rune(s[1])) }
