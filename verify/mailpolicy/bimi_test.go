package mailpolicy

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// bimiSummary writes what receivers take from a record: the addresses of logo and certificate, what it prefers, and the worst fault.
func bimiSummary(r BIMI) string {
	or := func(s string) string {
		if s == "" {
			return "-"
		}
		return s
	}
	extra := ""
	if r.Declines() {
		extra += " declines"
	}
	if r.Personal {
		extra += " personal"
	}
	if r.LocalPart {
		extra += " lps"
	}
	return fmt.Sprintf("%s %s%s %s", or(r.Logo), or(r.Certificate), extra, r.Worst())
}

// bimiRecords are texts, and what receivers make of each. They were written down before the reader was, by sections 4.3 to 4.5 and 7.2 of
// the draft.
var bimiRecords = []struct{ text, want string }{
	// In order.
	{"v=BIMI1; l=https://example.com/logo.svg", "https://example.com/logo.svg - fine"},
	{"v=BIMI1; l=https://example.com/logo.svg;", "https://example.com/logo.svg - fine"},
	{"v=BIMI1; l=https://example.com/logo.svg; ", "https://example.com/logo.svg - fine"},
	{"v=BIMI1;l=https://example.com/logo.svg", "https://example.com/logo.svg - fine"},
	{"v=BIMI1; l=https://example.com/logo.svg; a=", "https://example.com/logo.svg - fine"},
	{"v=BIMI1; l=https://example.com/logo.svg; a=;", "https://example.com/logo.svg - fine"},
	{"v=BIMI1; l=https://example.com/logo.svg; a=https://example.com/mark.pem", "https://example.com/logo.svg https://example.com/mark.pem fine"},
	{"v=BIMI1; a=https://example.com/mark.pem; l=https://example.com/logo.svg", "https://example.com/logo.svg https://example.com/mark.pem fine"},
	{"v = BIMI1 ;\tl = https://example.com/logo.svg ;", "https://example.com/logo.svg - fine"},
	{"v=BIMI1; l=HTTPS://Example.COM/logo.svg", "HTTPS://Example.COM/logo.svg - fine"},
	{"v=BIMI1; l=https://example.com/logo.SVG", "https://example.com/logo.SVG - fine"},
	{"v=BIMI1; l=https://example.com/logo.svgz", "https://example.com/logo.svgz - fine"},
	{"v=BIMI1; l=https://example.com/logo", "https://example.com/logo - fine"},
	{"v=BIMI1; l=https://example.com/logo.svg?v=2", "https://example.com/logo.svg?v=2 - fine"},
	{"v=BIMI1; l=https://example.com/get?f=logo.png", "https://example.com/get?f=logo.png - fine"}, // it is the path that has a suffix
	{"v=BIMI1; l=https://cdn.example.net:8443/logo.svg", "https://cdn.example.net:8443/logo.svg - fine"},
	{"v=BIMI1; l=https://example.com/a%2Cb.svg", "https://example.com/a%2Cb.svg - fine"},
	{"v=BIMI1; l=https://example.com/logo.svg; avp=brand", "https://example.com/logo.svg - fine"},
	{"v=BIMI1; l=https://example.com/logo.svg; avp=personal", "https://example.com/logo.svg - personal fine"},
	{"v=BIMI1; l=https://example.com/logo.svg; lps=true", "https://example.com/logo.svg - lps fine"},
	{"v=BIMI1; l=https://example.com/logo.svg; lps=false", "https://example.com/logo.svg - fine"},
	{"v=BIMI1; l=https://example.com/logo.svg; x=y", "https://example.com/logo.svg - fine"}, // what is unknown is passed over
	{"v=BIMI1; l=https://example.com/logo.svg; new-tag=1", "https://example.com/logo.svg - fine"},
	{"v=BIMI1; l=https://xn--bcher-kva.example/logo.svg", "https://xn--bcher-kva.example/logo.svg - fine"},

	// Who declines says so.
	{"v=BIMI1; l=; a=;", "- - declines fine"},
	{"v=BIMI1; l=; a=", "- - declines fine"},
	{"v=BIMI1;l=;a=;", "- - declines fine"},
	{"v=BIMI1; l=", "- - declines fine"}, // a tag a that is missing is an empty one
	{"v=BIMI1; l= ; a= ;", "- - declines fine"},
	{"v=BIMI1; l=; a=; lps=true;", "- - declines lps fine"},
	{"v=BIMI1; l=; a=https://example.com/mark.pem", "- https://example.com/mark.pem ignored"},

	// What a receiver cannot use.
	{"v=BIMI1", "- - ignored"},
	{"v=BIMI1;", "- - ignored"},
	{"v=BIMI1; a=https://example.com/mark.pem", "- https://example.com/mark.pem ignored"},
	{"v=BIMI1; a=", "- - ignored"},
	{"v=BIMI1; l=http://example.com/logo.svg", "- - ignored"},
	{"v=BIMI1; l=ftp://example.com/logo.svg", "- - ignored"},
	{"v=BIMI1; l=example.com/logo.svg", "- - ignored"},
	{"v=BIMI1; l=//example.com/logo.svg", "- - ignored"},
	{"v=BIMI1; l=https:/example.com/logo.svg", "- - ignored"},
	{"v=BIMI1; l=https://", "- - ignored"},
	{"v=BIMI1; l=https:///logo.svg", "- - ignored"},
	{"v=BIMI1; l=https://localhost/logo.svg", "- - ignored"},
	{"v=BIMI1; l=https://192.0.2.1/logo.svg", "- - ignored"},
	{"v=BIMI1; l=https://[2001:db8::1]/logo.svg", "- - ignored"},
	{"v=BIMI1; l=https://exa mple.com/logo.svg", "- - ignored"},
	{"v=BIMI1; l=https://example.com/my logo.svg", "- - ignored"},
	{"v=BIMI1; l=https://example.com/%zz.svg", "- - ignored"},
	{"v=BIMI1; l=https://b\u00fccher.example/logo.svg", "- - ignored"},
	{"v=BIMI1; l=https://example.com/l\u00f6go.svg", "- - ignored"},
	{`v=BIMI1; l="https://example.com/logo.svg"`, "- - ignored"},
	{"v=BIMI1; l=<https://example.com/logo.svg>", "- - ignored"},
	{"v=BIMI1; l=https://example.com\\logo.svg", "- - ignored"},
	{"v=BIMI1; l=https://example.com/logo.png", "https://example.com/logo.png - ignored"},
	{"v=BIMI1; l=https://example.com/logo.JPG", "https://example.com/logo.JPG - ignored"},
	{"v=BIMI1; l=https://example.com/logo.gif?x=logo.svg", "https://example.com/logo.gif?x=logo.svg - ignored"},
	{"v=BIMI1; L=https://example.com/logo.svg", "- - ignored"}, // RFC 6376 section 3.2: tags are known by their case
	{"v=BIMI1; l=https://example.com/logo.svg; a=http://example.com/mark.pem", "https://example.com/logo.svg - ignored"},
	{"v=BIMI1; l=https://example.com/logo.svg; a=self", "https://example.com/logo.svg - ignored"},
	{"v=BIMI1; l=https://example.com/a.svg; l=https://example.com/b.svg", "https://example.com/a.svg - ignored"},
	{"v=BIMI1; l=https://example.com/a.svg; a=; a=", "https://example.com/a.svg - ignored"},
	{"v=BIMI1; l=https://example.com/a.svg; v=BIMI1", "https://example.com/a.svg - ignored"},

	// What some receivers may take, and others not.
	{"v=BIMI1; l=https://example.com/a.svg,https://example.com/b.svg", "https://example.com/a.svg,https://example.com/b.svg - disputed"},
	{"v=BIMI1; l=https://example.com/logo.svg; avp=company", "https://example.com/logo.svg - disputed"},
	{"v=BIMI1; l=https://example.com/logo.svg; avp=Brand", "https://example.com/logo.svg - disputed"},
	{"v=BIMI1; l=https://example.com/logo.svg; avp=", "https://example.com/logo.svg - disputed"},
	{"v=BIMI1; l=https://example.com/logo.svg; lps=yes", "https://example.com/logo.svg - disputed"},
	{"v=BIMI1; l=https://example.com/logo.svg; nonsense", "https://example.com/logo.svg - disputed"},
	{"v=BIMI1; l=https://example.com/logo.svg; =x", "https://example.com/logo.svg - disputed"},

	// What nobody minds.
	{"v=BIMI1; l=https://example.com/logo.svg;;", "https://example.com/logo.svg - harmless"},
	{"v=BIMI1;; l=https://example.com/logo.svg", "https://example.com/logo.svg - harmless"},

	// What is no record, and was meant as one.
	{"v=bimi1; l=https://example.com/logo.svg", "- - ignored"},
	{"V=BIMI1; l=https://example.com/logo.svg", "- - ignored"},
	{"v=BIMI2; l=https://example.com/logo.svg", "- - ignored"},
	{"v=BIMI; l=https://example.com/logo.svg", "- - ignored"},
	{"v=BIMI10; l=https://example.com/logo.svg", "- - ignored"},
	{" v=BIMI1; l=https://example.com/logo.svg", "- - ignored"},
	{"l=https://example.com/logo.svg; v=BIMI1", "- - ignored"},
	{"BIMI1; l=https://example.com/logo.svg", "- - ignored"},
	{"v=BIMI1 l=https://example.com/logo.svg", "- - ignored"},
	{"v=BIMI1, l=https://example.com/logo.svg", "- - ignored"},
	{`"v=BIMI1; l=https://example.com/logo.svg"`, "- - ignored"},
	{"l=https://example.com/logo.svg; a=", "- - ignored"},
}

func TestReadBIMI(t *testing.T) {
	for _, test := range bimiRecords {
		records, meant, others := SortBIMI([]string{test.text})
		if len(records)+len(meant) != 1 || len(others) != 0 {
			t.Errorf("%q: %d records, %d meant, %d others", test.text, len(records), len(meant), len(others))
			continue
		}
		got := append(records, meant...)[0]
		if bimiSummary(got) != test.want {
			t.Errorf("%q\n got %s\nwant %s (%v)", test.text, bimiSummary(got), test.want, got.Faults)
		}
		// Who is told that something is wrong is told what.
		if (got.Worst() != 0) != (len(got.Faults) > 0) {
			t.Errorf("%q: the worst is %s, faults %v", test.text, got.Worst(), got.Faults)
		}
	}
	if len(bimiRecords) < 60 {
		t.Errorf("only %d records", len(bimiRecords))
	}
}

// Receivers pass over a text that does not announce itself, so that only what announces itself counts as a second record.
func TestSortBIMI(t *testing.T) {
	good := "v=BIMI1; l=https://example.com/logo.svg"
	for _, test := range []struct {
		texts                  []string
		records, meant, others int
	}{
		{nil, 0, 0, 0},
		{[]string{good}, 1, 0, 0},
		{[]string{good, good}, 2, 0, 0},
		{[]string{good, "v=spf1 -all", ""}, 1, 0, 2},
		{[]string{good, "v=bimi1; l="}, 1, 1, 0},
		{[]string{"v=BIMI1", "v=BIMI1;"}, 2, 0, 0}, // useless, and records all the same
		{[]string{"google-site-verification=x", "hello; l=x"}, 0, 0, 2},
	} {
		records, meant, others := SortBIMI(test.texts)
		if len(records) != test.records || len(meant) != test.meant || len(others) != test.others {
			t.Errorf("%q: %d, %d, %d", test.texts, len(records), len(meant), len(others))
		}
	}
}

// A fault names the place where it stands.
func TestBIMIFaultsNameTheirPlace(t *testing.T) {
	for text, want := range map[string]string{
		"v=BIMI1; l=http://example.com/logo.svg":       `"l=http://example.com/logo.svg" in column 10`,
		"v=BIMI1; l=https://example.com/a.svg;  avp=x": `"avp=x" in column 40`,
		"v=BIMI1; a=": "its end in column 12",
		"v=bimi1; l=": `"v=bimi1" in column 1`,
		"v=BIMI1; l=https://example.com/logo.svg; a=\x1b[31mno": `"a=\x1b[31mno" in column 42`,
	} {
		r := func() BIMI { a, b, _ := SortBIMI([]string{text}); return append(a, b...)[0] }()
		if !strings.HasPrefix(r.Faults[0].String(), want) {
			t.Errorf("%q: %s, want %s", text, r.Faults[0], want)
		}
	}
	many, _ := ReadBIMI("v=BIMI1; l=" + strings.Repeat("; word", 10_000))
	if len(many.Faults) > 10 || many.Worst() != BIMIDisputed {
		t.Errorf("%d faults are kept, the worst %s", len(many.Faults), many.Worst())
	}
}

func FuzzBIMI(f *testing.F) {
	for _, r := range bimiRecords {
		f.Add(r.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, announces := ReadBIMI(text)
		// What is written is read as the same again: addresses, preferences, and whether receivers use it.
		again, announcesAgain := ReadBIMI(r.String())
		if announces && (!announcesAgain || bimiSummary(r) != bimiSummary(again) && r.Worst() > BIMIHarmless) {
			t.Errorf("%q is %s; written as %q it is %s", text, bimiSummary(r), r.String(), bimiSummary(again))
		}
		if announces && slices.ContainsFunc(r.Faults, func(f BIMIFault) bool { return f.Column < 1 || f.Column > len(text)+1 }) {
			t.Errorf("%q: %v", text, r.Faults)
		}
		for _, address := range []string{r.Logo, r.Certificate} {
			if address != "" && (!strings.HasPrefix(strings.ToLower(address), "https://") || strings.ContainsAny(address, " \r\n\t\"<>\\")) {
				t.Errorf("%q leads to %q", text, address)
			}
		}
	})
}
