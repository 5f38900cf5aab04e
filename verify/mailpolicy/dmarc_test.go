package mailpolicy

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// dmarcSummary writes what receivers take from a record: the policies for itself, for names below it and for names that do not exist, the
// addresses for both kinds of reports, whether it is only tried out, and the worst fault.
func dmarcSummary(r DMARC) string {
	or := func(s string) string {
		if s == "" {
			return "-"
		}
		return s
	}
	var mail []string
	for _, a := range r.RUA {
		mail = append(mail, a.Mail)
	}
	for _, a := range r.RUF {
		mail = append(mail, "ruf "+a.Mail)
	}
	extra := ""
	if r.Testing {
		extra += " t"
	}
	if r.PSD != 'u' {
		extra += " psd=" + string(r.PSD)
	}
	if r.Percent != 100 {
		extra += fmt.Sprint(" pct=", r.Percent)
	}
	return fmt.Sprintf("%s %s %s [%s]%s %s", or(string(r.Policy)), or(string(r.Subdomains)), or(string(r.Nonexistent)), strings.Join(mail, " "), extra, r.Worst())
}

// dmarcRecords are texts, and what receivers make of each. They were written down before the reader was: the RFCs decide, RFC 9989 first.
var dmarcRecords = []struct{ text, want string }{
	// In order.
	{"v=DMARC1; p=none", "none - - [] fine"},
	{"v=DMARC1; p=quarantine", "quarantine - - [] fine"},
	{"v=DMARC1; p=reject", "reject - - [] fine"},
	{"v=DMARC1;p=reject", "reject - - [] fine"},
	{"v=DMARC1; p=reject;", "reject - - [] fine"},
	{"v=DMARC1; p=reject; ", "reject - - [] fine"},
	{"v=DMARC1 ; p=reject", "reject - - [] fine"},
	{"v = DMARC1 ;\tp = reject ;", "reject - - [] fine"},
	{"V=DMARC1; p=reject", "reject - - [] fine"}, // "v" in the grammar is of any case (RFC 5234 section 2.3)
	{"v=DMARC1; p=REJECT", "reject - - [] fine"}, // so are the values
	{"v=DMARC1; p=Quarantine; sp=None", "quarantine none - [] fine"},
	{"v=DMARC1; p=reject; sp=quarantine; np=reject", "reject quarantine reject [] fine"},
	{"v=DMARC1; p=reject; adkim=s; aspf=r", "reject - - [] fine"},
	{"v=DMARC1; p=reject; adkim=S; aspf=R", "reject - - [] fine"},
	{"v=DMARC1; p=none; rua=mailto:d@example.com", "none - - [d@example.com] fine"},
	{"v=DMARC1; p=none; rua=MAILTO:d@Example.COM", "none - - [d@example.com] fine"},
	{"v=DMARC1; p=none; rua=mailto:a@example.com,mailto:b@example.net", "none - - [a@example.com b@example.net] fine"},
	{"v=DMARC1; p=none; rua=mailto:a@example.com , mailto:b@example.net", "none - - [a@example.com b@example.net] fine"},
	{"v=DMARC1; p=none; rua=mailto:a@example.com; ruf=mailto:f@example.com; fo=1", "none - - [a@example.com ruf f@example.com] fine"},
	{"v=DMARC1; p=none; ruf=mailto:f@example.com; fo=0:1:d:s", "none - - [ruf f@example.com] fine"},
	{"v=DMARC1; p=none; rua=mailto:a%2Bb@example.com", "none - - [a+b@example.com] fine"},
	{"v=DMARC1; p=none; rua=mailto:a%21b@example.com", "none - - [a!b@example.com] fine"},
	{"v=DMARC1; p=none; rua=mailto:d@example.com?subject=x", "none - - [d@example.com] fine"},
	{"v=DMARC1; p=reject; t=y", "reject - - [] t fine"},
	{"v=DMARC1; p=reject; t=n", "reject - - [] fine"},
	{"v=DMARC1; p=reject; psd=y", "reject - - [] psd=y fine"},
	{"v=DMARC1; p=reject; psd=n", "reject - - [] psd=n fine"},
	{"v=DMARC1; p=reject; psd=u", "reject - - [] fine"},

	// What is none of the tags of today is passed over (RFC 9989 section 4.7), removed ones too.
	{"v=DMARC1; p=reject; pct=50; rf=afrf; ri=86400", "reject - - [] pct=50 fine"},
	{"v=DMARC1; p=reject; pct=100", "reject - - [] fine"},
	{"v=DMARC1; p=reject; pct=0", "reject - - [] pct=0 fine"},
	{"v=DMARC1; p=reject; pct=200", "reject - - [] harmless"},
	{"v=DMARC1; p=reject; pct=half", "reject - - [] harmless"},
	{"v=DMARC1; p=reject; ri=often", "reject - - [] fine"},
	{"v=DMARC1; p=reject; x=1; foo=bar", "reject - - [] fine"},
	{"v=DMARC1; sp=none; p=reject", "reject none - [] older"}, // RFC 7489 section 6.3 wants p second
	{"v=DMARC1; rua=mailto:d@example.com; p=reject", "reject - - [d@example.com] older"},

	// Slips that harm nothing: faults behind the version give way to the default.
	{"v=DMARC1;; p=reject", "reject - - [] harmless"},
	{"v=DMARC1; p=reject;;", "reject - - [] harmless"},
	{"v=DMARC1; p=reject; fo", "reject - - [] harmless"},
	{"v=DMARC1; p=reject; fo=x", "reject - - [] harmless"},
	{"v=DMARC1; p=reject; adkim=strict", "reject - - [] harmless"},
	{"v=DMARC1; p=reject; aspf=", "reject - - [] harmless"},
	{"v=DMARC1; p=reject; t=yes", "reject - - [] harmless"},
	{"v=DMARC1; p=reject; psd=yes", "reject - - [] harmless"},
	{"v=DMARC1; P=reject", "reject - - [] harmless"}, // names of tags: some readers take P for a tag that they do not know
	{"v=DMARC1; p=none; rua=mailto:d@example.com!10m", "none - - [d@example.com] harmless"},
	{"v=DMARC1; p=none; rua=mailto:d@example.com,", "none - - [d@example.com] harmless"},
	{"v=DMARC1; p=none; rua=", "none - - [] harmless"},
	{"v=DMARC1; p=none; rua=https://example.com/dmarc", "none - - [] harmless"},
	{"v=DMARC1; p=reject; x=1; x=2", "reject - - [] fine"},
	{"v=DMARC1; p=reject; 5x=1", "reject - - [] harmless"},

	// An address that is none: its reports go nowhere.
	{"v=DMARC1; p=none; rua=d@example.com", "none - - [] reports"},
	{"v=DMARC1; p=none; rua=mailto:d@example.com,e@example.com", "none - - [d@example.com] reports"},
	{"v=DMARC1; p=none; rua=mailto:", "none - - [] reports"},
	{"v=DMARC1; p=none; rua=mailto:d", "none - - [] reports"},
	{"v=DMARC1; p=none; rua=mailto: d@example.com", "none - - [] reports"},
	{"v=DMARC1; p=none; rua=mailto://d@example.com", "none - - [] reports"},
	{"v=DMARC1; p=none; rua=mailto:d@localhost", "none - - [] reports"},
	{"v=DMARC1; p=none; rua=mailto:d@exa mple.com", "none - - [] reports"},
	{"v=DMARC1; p=none; rua=mailto:d@b\xc3\xbccher.example", "none - - [] reports"},
	{"v=DMARC1; p=none; rua=mailto:d%4@example.com", "none - - [] reports"},
	{"v=DMARC1; p=none; ruf=mailto:@example.com", "none - - [] reports"},
	{"v=DMARC1; p=none; rua=mailto:d@example.com mailto:e@example.com", "none - - [] reports"},

	// A policy that is none: with an address for reports the record is read as p=none, else not at all (RFC 9989 section 4.10.1).
	{"v=DMARC1; p=rejct; rua=mailto:d@example.com", "none - - [d@example.com] none"},
	{"v=DMARC1; p=; rua=mailto:d@example.com", "none - - [d@example.com] none"},
	{"v=DMARC1; p=reject; sp=all; rua=mailto:d@example.com", "none - - [d@example.com] none"},
	{"v=DMARC1; p=reject; np=never; rua=mailto:d@example.com", "none - - [d@example.com] none"},
	{"v=DMARC1; p=reject rua=mailto:d@example.com", "- - - [] ignored"},
	{"v=DMARC1; p=reject, rua=mailto:d@example.com", "- - - [] ignored"},
	{"v=DMARC1; p=rejct", "- - - [] ignored"},
	{"v=DMARC1; p=rejct; rua=d@example.com", "- - - [] ignored"},
	{"v=DMARC1; p=reject; sp=rejct", "- - - [] ignored"},
	{"v=DMARC1; p=reject\xc2\xa0", "- - - [] ignored"}, // a blank that is none
	{"v=DMARC1; p=\xe2\x80\x9creject\xe2\x80\x9d", "- - - [] ignored"},
	{"v=DMARC1; p=rejct; rua=https://example.com/dmarc", "none - - [] none"}, // a URI it is

	// Without a policy: as p=none today, of no use to readers of RFC 7489.
	{"v=DMARC1; rua=mailto:d@example.com", "none - - [d@example.com] older"},
	{"v=DMARC1; sp=reject; rua=mailto:d@example.com", "none reject - [d@example.com] older"},
	{"v=DMARC1", "none - - [] disputed"},
	{"v=DMARC1;", "none - - [] disputed"},
	{"v=DMARC1; adkim=s", "none - - [] disputed"},

	// A tag that stands twice: no such list is valid (RFC 6376 section 3.2).
	{"v=DMARC1; p=none; p=reject", "none - - [] repeated"},
	{"v=DMARC1; p=reject; rua=mailto:a@example.com; rua=mailto:b@example.com", "reject - - [a@example.com] repeated"},
	{"v=DMARC1; p=reject; v=DMARC1", "reject - - [] repeated"},

	// Meant as a record, and none: the version decides.
	{" v=DMARC1; p=reject", "reject - - [] ignored"},
	{"v=dmarc1; p=reject", "reject - - [] ignored"},
	{"v=DMARC1 p=reject", "- - - [] ignored"},
	{"v=DMARC1, p=reject", "- - - [] ignored"},
	{"v=DMARC2; p=reject", "reject - - [] ignored"},
	{"v=DMARC; p=reject", "reject - - [] ignored"},
	{"p=reject; v=DMARC1", "reject - - [] ignored"},
	{"p=reject; rua=mailto:d@example.com", "reject - - [d@example.com] ignored"},
	{"DMARC1; p=reject", "reject - - [] ignored"},
	{"\"v=DMARC1; p=reject\"", "- - - [] ignored"},
	{`v=DMARC1\; p=reject\;`, "- - - [] ignored"},
	{"v:DMARC1; p=reject", "reject - - [] ignored"},

	// Texts of another kind.
	{"v=spf1 -all", "other"},
	{"", "other"},
	{"v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4", "other"},
	{"v=STSv1; id=1", "other"},
	{"google-site-verification=abc", "other"},
	{"p=nonesuch", "other"},
	{"We use DMARC.", "other"},
}

func TestDMARC(t *testing.T) {
	if len(dmarcRecords) < 60 {
		t.Fatalf("only %d records", len(dmarcRecords))
	}
	for _, test := range dmarcRecords {
		got := "other"
		if r, announces := ReadDMARC(test.text); announces || len(r.Tags) > 0 {
			got = dmarcSummary(r)
		}
		if got != test.want {
			t.Errorf("%q: %s, want %s", test.text, got, test.want)
		}
	}
}

// What receivers look at is what begins with the version; the rest they pass over, whatever it was meant as.
func TestSortDMARC(t *testing.T) {
	for _, test := range []struct {
		texts                   []string
		records, meant, nothing int
	}{
		{nil, 0, 0, 0},
		{[]string{"v=DMARC1; p=none"}, 1, 0, 0},
		{[]string{"v=DMARC1"}, 1, 0, 0},
		{[]string{"v=DMARC1; p=none", "v=DMARC1; p=none"}, 2, 0, 0},
		{[]string{"v=spf1 -all", "v=DMARC1; p=none", "hello"}, 1, 0, 2},
		{[]string{"v=dmarc1; p=none"}, 0, 1, 0},
		{[]string{"v=DMARC10; p=none"}, 0, 1, 0},
		{[]string{"v=dmarc1; p=none", "v=DMARC1; p=none"}, 1, 1, 0},
	} {
		records, meant, others := SortDMARC(test.texts)
		if len(records) != test.records || len(meant) != test.meant || len(others) != test.nothing {
			t.Errorf("%q: %d records, %d meant as one, %d others", test.texts, len(records), len(meant), len(others))
		}
	}
}

// A fault says where it stands, as people count, and what stands there.
func TestDMARCFaults(t *testing.T) {
	for text, want := range map[string]string{
		"v=DMARC1; p=rejct":                                   `"p=rejct" in column 11 (`,
		"v=DMARC1;p=reject;sp=all":                            `"sp=all" in column 19 (`,
		"v=DMARC1; p=none; rua=mailto:d@example.com, d@e.com": `"d@e.com" in column 45 (`,
		"v=DMARC1; p=none; p=reject":                          `"p=reject" in column 19 (`,
		"v=DMARC1; p=reject\xc2\xa0":                          `"p=reject\u00a0" in column 11 (`,
		" v=DMARC1; p=none":                                   `" v=DMARC1" in column 1 (`,
		"v=DMARC1; p=none; fo":                                `"fo" in column 19 (`,
		"v=DMARC1; p=none;; t=n":                              `";" in column 18 (`,
		"v=DMARC1":                                            "its end in column 9 (",
		"v=DMARC1; p=" + strings.Repeat("x", 1000):            `"p=xxxxxxxx`,
	} {
		r, _ := ReadDMARC(text)
		if !slices.ContainsFunc(r.Faults, func(f Fault) bool { return strings.HasPrefix(f.String(), want) }) {
			t.Errorf("%q: %v, want %s", text, r.Faults, want)
		}
		for _, f := range r.Faults {
			if len(f.String()) > 300 {
				t.Errorf("%q: a fault of %d bytes", text[:20], len(f.String()))
			}
		}
	}
}

// What a stranger publishes costs no more than it is long.
func TestHostileDMARC(t *testing.T) {
	addresses := strings.TrimSuffix(strings.Repeat("mailto:d@example.com,", 10_000), ",")
	for name, text := range map[string]string{
		"addresses":  "v=DMARC1; p=none; rua=" + addresses,
		"tags":       "v=DMARC1; p=none" + strings.Repeat("; rua=x", 10_000),
		"semicolons": "v=DMARC1" + strings.Repeat(";", 64<<10),
		"blanks":     "v" + strings.Repeat(" ", 64<<10) + "=DMARC1" + strings.Repeat(" ", 64<<10) + "; p=none",
		"one tag":    "v=DMARC1; p=none; x=" + strings.Repeat("=", 64<<10),
	} {
		r, announces := ReadDMARC(text)
		if !announces || r.Policy != "none" && name != "tags" {
			t.Errorf("%s: %v %q", name, announces, r.Policy)
		}
		if len(r.Faults) > maxFaults {
			t.Errorf("%s: %d faults", name, len(r.Faults))
		}
	}
	if r, _ := ReadDMARC("v=DMARC1; p=none; rua=" + addresses); len(r.RUA) != 10_000 {
		t.Errorf("%d addresses", len(r.RUA))
	}
}

// The names that a receiver asks, at most eight of them (RFC 9989 section 4.10).
func TestDMARCWalk(t *testing.T) {
	for name, want := range map[string]string{
		"com":                     "com",
		"example.com":             "example.com com",
		"a.mail.example.com":      "a.mail.example.com mail.example.com example.com com",
		"a.b.c.d.e.example.com":   "a.b.c.d.e.example.com b.c.d.e.example.com c.d.e.example.com d.e.example.com e.example.com example.com com",
		"a.b.c.d.e.f.example.com": "a.b.c.d.e.f.example.com b.c.d.e.f.example.com c.d.e.f.example.com d.e.f.example.com e.f.example.com f.example.com example.com com",
		"a.b.c.d.e.f.g.h.i.j.mail.example.com": "a.b.c.d.e.f.g.h.i.j.mail.example.com g.h.i.j.mail.example.com h.i.j.mail.example.com i.j.mail.example.com " +
			"j.mail.example.com mail.example.com example.com com",
		"": "",
	} {
		got := DMARCWalk(name)
		if strings.Join(got, " ") != want || len(got) > 8 {
			t.Errorf("%s: %q, want %s", name, got, want)
		}
	}
}

// A record is written so that it is read as the same one again.
func FuzzDMARC(f *testing.F) {
	for _, r := range dmarcRecords {
		f.Add(r.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		once, announces := ReadDMARC(text)
		if !announces {
			return
		}
		written := once.String()
		again, still := ReadDMARC(written)
		if !still || again.String() != written {
			t.Fatalf("%q is written %q, then %q", text, written, again.String())
		}
		if again.Policy != once.Policy || again.Subdomains != once.Subdomains || again.Nonexistent != once.Nonexistent || again.Testing != once.Testing ||
			!slices.Equal(again.RUA, once.RUA) || !slices.Equal(again.RUF, once.RUF) || again.PSD != once.PSD {
			t.Fatalf("%q is another record than %q", text, written)
		}
		for _, fault := range once.Faults {
			if fault.Column < 1 || fault.Column > len(text)+1 {
				t.Fatalf("%q: column %d", text, fault.Column)
			}
		}
	})
}

func BenchmarkDMARC(b *testing.B) {
	const text = "v=DMARC1; p=quarantine; sp=none; pct=100; rua=mailto:dmarc@example.com,mailto:d@reports.example.net; ruf=mailto:dmarc@example.com; fo=1; adkim=r"
	for b.Loop() {
		if r, _ := ReadDMARC(text); len(r.RUA) != 2 {
			b.Fatal(r.Faults)
		}
	}
}
