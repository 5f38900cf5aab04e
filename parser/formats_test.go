package parser_test

import (
	"cmp"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"

	"mxverdict/parser"
	"mxverdict/parser/internal/invented"
)

// The content decides how a document is read, and the encoding that it really has.
func TestFormats(t *testing.T) {
	wide := func(s string, order binary.AppendByteOrder) string {
		var b []byte
		for _, u := range utf16.Encode([]rune(s)) {
			b = order.AppendUint16(b, u)
		}
		return string(b)
	}
	const page = "<table><tr><td>The frob is wet<td>mail.example.com<td>smtp</table>"
	const answer = `{"Command":"dns","CommandArgument":"example.com","Failed":[{"Info":"The zone is cold"}]}`
	tests := []struct {
		name, document, want string
		notices              int
	}{
		{"HTML", page, "1:smtp/wet:warning:mail.example.com", 0},
		{"JSON", answer, "1:dns/cold:error:example.com", 0},
		{"HTML in JSON", `{"HTML_Value":"` + page + `"}`, "1:smtp/wet:warning:mail.example.com", 0},
		{"JSON in a script", "<html><script>" + answer + "</script><p>The frob is dry</p>", "1:smtp/wet:ok:", 0},
		{"HTML in a message", "From: a@example.com\nTo: b@example.com\nSubject: x\nMIME-Version: 1.0\n" +
			"Content-Type: text/html\n\n" + page, "7:smtp/wet:warning:mail.example.com", 0},
		{"text", "The frob is wet", "1:smtp/wet:warning:", 0},
		{"little end first, unmarked", wide(page, binary.LittleEndian), "1:smtp/wet:warning:mail.example.com", 0},
		{"big end first, unmarked", wide(answer, binary.BigEndian), "1:dns/cold:error:example.com", 0},
		{"windows-1252", "Gr\xfc\xdfe \x96 Good \x96\nThe\xa0frob: \x93The zone is cold\x94", "2:dns/cold:error:", 1},
		{"a page that names its character set", "<html><meta charset=windows-1251>\xcf\xf0<p>The frob is wet",
			"1:smtp/wet:warning:", 1},
		{"UTF-8 with a damaged byte", "Grüße, Öl\xff\nThe frob is wet", "2:smtp/wet:warning:", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rep, err := parser.Parse(strings.NewReader(tt.document), "-", invented.Vocabulary{})
			if err != nil {
				t.Fatal(err)
			}
			if got := invented.Rows(rep); got != tt.want {
				t.Errorf("findings %q, want %q", got, tt.want)
			}
			if len(rep.Notices) != tt.notices {
				t.Errorf("notices %q, want %d", rep.Notices, tt.notices)
			}
		})
	}
}

// A page whose result a script draws is not only refused: the reason is told.
func TestPageWithoutResult(t *testing.T) {
	rep, err := parser.Parse(strings.NewReader("<!doctype html><script src=a.js></script><div id=result></div>"), "-",
		invented.Vocabulary{})
	if !errors.Is(err, parser.ErrNoFindings) || len(rep.Notices) != 1 {
		t.Errorf("error %v, notices %q", err, rep.Notices)
	}
}

// Rows of two reporters may stand in one document. Each row names its own, whatever the document is, and the report the
// one of most rows.
func TestEachRowNamesItsReporter(t *testing.T) {
	const header = "From: a@example.com\nTo: b@example.com\nSubject: x\nMIME-Version: 1.0\n"
	tests := []struct{ name, document, want, most string }{
		{"text", "The gizmo is loud\nThe frob is wet\nThe zone is cold\n", "imagined invented invented", "invented"},
		{"of equals the first", "The gizmo is loud\nThe frob is wet\n", "imagined invented", "imagined"},
		{"one line", "Bad - The frob is wet Bad - The gizmo is loud", "invented imagined", "invented"},
		{"known by the name of the test alone", "Bad - Gizmo Noise: as nobody says", "imagined", "imagined"},
		{"a mark and a name without a result", "Frob State\tBad\n\nGizmo Noise\tBad\n", "invented imagined", "invented"},
		{"known by nobody", "The gizmo is loud\nBad - Something else is wrong.", "imagined -", "imagined"},
		{"HTML", "<table><tr><td>The gizmo is loud<tr><td>The zone is cold</table>", "imagined invented", "imagined"},
		{"JSON", `{"CommandArgument":"example.com","Failed":[{"Info":"The gizmo is loud"},{"Info":"as nobody says"},` +
			`{"ID":7,"Info":"as nobody says"}]}`, "imagined - invented", "imagined"},
		{"HTML in JSON", `{"HTML_Value":"<p>The zone is cold<p>The gizmo is loud<p>The gizmo is quiet"}`,
			"invented imagined imagined", "imagined"},
		{"text around JSON", "The gizmo is loud\n" + `{"CommandArgument":"example.com","Failed":[{"Info":"The zone is cold"}]}`,
			"imagined invented", "imagined"},
		{"a message of two parts", header + "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nThe frob is wet\n" +
			"--b\n\nThe gizmo is loud\nThe gizmo is quiet\n--b--\n", "invented imagined imagined", "imagined"},
		{"two versions of a text", header + "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nThe frob is wet\n" +
			"The zone is cold\n--b\nContent-Type: text/html\n\n<p>The gizmo is loud\n--b--\n",
			"invented invented imagined", "invented"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rep, err := parser.Parse(strings.NewReader(tt.document), "-", invented.Vocabulary{})
			if err != nil {
				t.Fatal(err)
			}
			var own []string
			for _, f := range rep.Findings {
				own = append(own, cmp.Or(f.Reporter, "-"))
			}
			if got := strings.Join(own, " "); got != tt.want || rep.Reporter != tt.most {
				t.Errorf("rows of %q in a report of %q, want %q and %q", got, rep.Reporter, tt.want, tt.most)
			}
		})
	}
}
