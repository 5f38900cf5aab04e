package mailpolicy

import (
	"strconv"
	"strings"
	"testing"
)

// what says in short what is made of a text: nothing of the kind, meant, or a record with the worst harm in it and where that stands.
func whatOf(records, meant []TextRecord, others []string) string {
	switch {
	case len(records) > 1:
		return "several"
	case len(records) == 1 && len(records[0].Faults) == 0:
		return "fine"
	case len(records) == 1:
		return records[0].Worst().String() + " " + strconv.Itoa(records[0].Faults[0].Column)
	case len(meant) > 0:
		return "meant"
	case len(others) > 0:
		return "other"
	}
	return "nothing"
}

// Hand-made records, and what RFC 8461 section 3.1 makes of them: the grammar is that of section 3.1, and a record that breaks it is none.
func TestSTSRecords(t *testing.T) {
	id32 := strings.Repeat("a1", 16)
	for _, test := range []struct{ texts, want string }{
		{"", "nothing"},
		{"v=STSv1; id=20160831085700Z;", "fine"},
		{"v=STSv1; id=20160831085700Z", "fine"},
		{"v=STSv1;id=1", "fine"},
		{"v=STSv1;id=1;", "fine"},
		{"v=STSv1 ; id=1 ;", "fine"},
		{"v=STSv1;\tid=1\t;\t", "fine"},
		{"v=STSv1; id=" + id32, "fine"},
		{"v=STSv1; id=aZ09", "fine"},
		{"v=STSv1; x=y; id=1", "fine"},
		{"v=STSv1; id=1; a.b-c_d=:<>/", "fine"},
		{"v=STSv1; id=1; x=" + strings.Repeat("y", 900), "fine"},
		{"v=STSv1; id=1 | v=spf1 -all", "fine"},
		{"v=spf1 -all | v=STSv1; id=1 | hello", "fine"},
		{"v=STSv1; id=1 | v=STSv1 ; id=2", "fine"}, // beside another text only the first begins as it must
		{"v=STSv1; id=1; id=2", "harmless 16"},
		{"v=STSv1; id=1 ", "disputed 14"},
		{"v=STSv1;; id=1", "ignored 9"},
		{"v=STSv1; id=1;; x=y", "ignored 15"},
		{"v=STSv1; id=1; ;", "ignored 16"},
		{"v=STSv1;", "ignored 9"},
		{"v=STSv1; ", "ignored 10"},
		{"v=STSv1; id=", "ignored 10"},
		{"v=STSv1; id=;", "ignored 10"},
		{"v=STSv1; id=2024-01-01", "ignored 10"},
		{"v=STSv1; id=2024_01", "ignored 10"},
		{"v=STSv1; id=2024.01", "ignored 10"},
		{"v=STSv1; id=\"1\"", "ignored 10"},
		{"v=STSv1; id=1 2", "ignored 10"},
		{"v=STSv1; id=" + id32 + "1", "ignored 10"},
		{"v=STSv1; id=\u00e9", "ignored 10"},
		{"v=STSv1; id=1\u00a0", "ignored 10"},
		{"v=STSv1; id=\x00", "ignored 10"},
		{"v=STSv1; ID=1", "ignored 14"},
		{"v=STSv1; Id=1", "ignored 14"},
		{"v=STSv1; id =1", "ignored 10"},
		{"v=STSv1; id= 1", "ignored 10"},
		{"v=STSv1; id:1", "ignored 10"},
		{"v=STSv1; id=1; junk", "ignored 16"},
		{"v=STSv1; id=1; x=", "ignored 16"},
		{"v=STSv1; id=1; =x", "ignored 16"},
		{"v=STSv1; id=1; x=a=b", "ignored 16"},
		{"v=STSv1; id=1; x y=b", "ignored 16"},
		{"v=STSv1; id=1; -x=b", "ignored 16"},
		{"v=STSv1; id=1; " + strings.Repeat("x", 33) + "=b", "ignored 16"},
		{"v=STSv1; x=y", "ignored 13"},
		{"v=STSv1; mode=enforce", "ignored 22"},
		{"v=STSv1; 2024", "ignored 10"},
		{"v=STSv1; id=1, x=y", "ignored 10"},
		{"v=STSv1; id=1 | v=STSv1; id=1", "several"},
		{"v=STSv1; id=1 | v=STSv1; id=2 | x", "several"},
		{"v=STSv1; id=1 | v=STSv1;", "several"},
		{"v=stsv1; id=1", "meant"},
		{"V=STSv1; id=1", "meant"},
		{"v = STSv1; id=1", "meant"},
		{" v=STSv1; id=1", "meant"},
		{"\"v=STSv1; id=1\"", "meant"},
		{"v=STSv1", "meant"},
		{"v=STSv1 id=1", "meant"},
		{"v=STSv1, id=1", "meant"},
		{"v=STS1; id=1", "meant"},
		{"v:STSv1; id=1", "meant"},
		{"id=1; v=STSv1;", "meant"},
		{"STSv1; id=1", "meant"},
		{"v=STSv1 ; id=1 | x", "meant"},
		{"v=STSv2; id=1", "other"},
		{"v=STSv10; id=1", "other"},
		{"v=TLSRPTv1; rua=mailto:a@example.com", "other"},
		{"v=spf1 -all", "other"},
		{"version: STSv1", "other"},
		{"hello", "other"},
	} {
		var texts []string
		if test.texts != "" {
			texts = strings.Split(test.texts, " | ")
		}
		records, meant, others := SortSTS(texts)
		if got := whatOf(records, meant, others); got != test.want {
			t.Errorf("%.60q: %s, want %s", test.texts, got, test.want)
		}
	}
}

// Whatever a text says, its faults stand in it, and it is read alike a second time.
func FuzzSTSRecord(f *testing.F) {
	f.Add("v=STSv1; id=20160831085700Z;")
	f.Add("v=STSv1; id=1;; x y")
	f.Fuzz(func(t *testing.T, text string) {
		records, meant, others := SortSTS([]string{text})
		if len(records)+len(meant)+len(others) != 1 {
			t.Fatalf("%d, %d, %d", len(records), len(meant), len(others))
		}
		for _, r := range append(records, meant...) {
			checkFaults(t, r)
		}
		if len(records) == 1 && records[0].Worst() == 0 && !strings.HasPrefix(text, "v=STSv1") {
			t.Errorf("%q is fine", text)
		}
	})
}

// checkFaults tells whether the faults of a record stand where they say.
func checkFaults(t *testing.T, r TextRecord) {
	t.Helper()
	if len(r.Faults) > maxFaults {
		t.Errorf("%d faults", len(r.Faults))
	}
	for _, fault := range r.Faults {
		if fault.Column < 1 || fault.Column > len(r.Text)+1 || !strings.HasPrefix(r.Text[fault.Column-1:], fault.Token) || fault.Harm == 0 || fault.Says == "" {
			t.Errorf("%+v in %q", fault, r.Text)
		}
	}
}
