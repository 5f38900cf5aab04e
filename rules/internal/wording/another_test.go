package wording_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"mxverdict/parser"
	"mxverdict/rules/internal/wording"
)

// another is a reporter that prints nothing as the shipped one does.
const another = `schema: mxverdict/reporter/1
id: zonewatch
name: Zone Watch
hosts: [zonewatch.example.org]
statuses: {ok: [Fine], warning: [Careful], error: [Broken]}
icons: {error: [Red Lamp]}
categories: [mailtalk, zonefile]
subjects: {host: [mailtalk], domain: [zonefile]}
links: [look]
columns: {test: [Examination], result: [Outcome]}
column_classes: [zw-col-]
footers:
  - {says: "Watched by {nameserver}, {year}-{month}-{day} {time} {zone}", source: clone,
     example: "Watched by ns1.example.com, 2026-10-01 13:02:03 UTC+2"}
transcripts:
  - {says: "Ringing {address}", source: clone, example: "Ringing 192.0.2.1"}
tests:
  - name: Cipher Watch
    id: zw-cipher
    rule: smtp/tls-missing
    usual: error
    wordings:
      - {says: "No cipher on offer", status: error, source: clone}
  - name: Expiry Watch
    rule: dns/soa-expire
    usual: warning
    wordings:
      - {says: "The zone expires after {expire} s, which is odd", status: warning, source: clone}
`

// A reporter is one file of YAML: what it prints in and around its rows is understood in every format, beside the shipped one.
func TestAnotherReporter(t *testing.T) {
	const shippedFile = "../../reporters/mxtoolbox.yaml"
	data, err := os.ReadFile(shippedFile)
	if err != nil {
		t.Fatal(err)
	}
	first, err := wording.Load(shippedFile, data)
	if err != nil {
		t.Fatal(err)
	}
	second, err := wording.Load("zonewatch.yaml", []byte(another))
	if err != nil {
		t.Fatal(err)
	}
	v, err := wording.NewVocabulary([]*wording.Reporter{first, second})
	if err != nil {
		t.Fatal(err)
	}
	for id, refused := range map[string]bool{"zw-cipher": false, "511": true} { // an ID of the shipped file, for another rule
		third, err := wording.Load("z.yaml", []byte(strings.Replace(another, "zw-cipher", id, 1)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := wording.NewVocabulary([]*wording.Reporter{first, third}); (err != nil) != refused {
			t.Errorf("ID %s: %v", id, err)
		}
	}
	if _, mistakes := v.Examples(func(string) bool { return true }); len(mistakes) > 0 {
		t.Errorf("examples: %v", mistakes)
	}
	for _, tt := range []struct{ name, text, rows, tested string }{
		{"pasted page", "mailtalk:mail.example.com\nRed Lamp\tCipher Watch\tNo cipher on offer\n" +
			"Watched by ns1.example.com, 2026-10-01 13:02:03 UTC+2\n\nzonefile:example.com\nCareful - The zone expires after 99 s, which is odd\n",
			"smtp/tls-missing error mail.example.com, dns/soa-expire warning example.com", "2026-10-01T13:02:03+02:00"},
		{"the address that was called", "Ringing 192.0.2.25\n220 ready\nNo cipher on offer\n", "smtp/tls-missing error 192.0.2.25", ""},
		{"columns by class", "<table><tr><td class=zw-col-outcome>as never seen<td class=zw-col-examination>Cipher Watch<td>Broken</table>",
			"smtp/tls-missing error ", ""},
		{"columns by title", "<table><tr><th>Outcome<th>Examination<th>Since<tr><td>as never seen<td>Cipher Watch<td>Broken</table>",
			"smtp/tls-missing error ", ""},
		{"ID and link of an interface", `{"Failed":[{"ID":"zw-cipher","Name":"of later years","Info":"as never seen","AdditionalInfo":[],` +
			`"Url":"https://zonewatch.example.org/?look=mailtalk:mail.example.com"}]}`, "smtp/tls-missing error mail.example.com", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rep, err := parser.Parse(strings.NewReader(tt.text), "-", v)
			if err != nil {
				t.Fatal(err)
			}
			var rows []string
			for _, f := range rep.Findings {
				rows = append(rows, fmt.Sprintf("%s %s %s", f.Rule, f.Status, f.Subject))
				if f.Reporter != "zonewatch" {
					t.Errorf("%q is a row of %q", f.Text, f.Reporter)
				}
			}
			if got := strings.Join(rows, ", "); got != tt.rows {
				t.Errorf("rows %q, want %q", got, tt.rows)
			}
			tested := ""
			if rep.TestedAt != nil {
				tested = rep.TestedAt.Format(time.RFC3339)
			}
			if tested != tt.tested {
				t.Errorf("tested at %q, want %q", tested, tt.tested)
			}
		})
	}
}
