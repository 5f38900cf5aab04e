package mailpolicy

import (
	"strings"
	"testing"
)

// Hand-made records, and what RFC 8460 section 3 makes of them.
func TestTLSRPTRecords(t *testing.T) {
	const to = "mailto:tls@example.com"
	for _, test := range []struct{ texts, want string }{
		{"", "nothing"},
		{"v=TLSRPTv1; rua=" + to, "fine"},
		{"v=TLSRPTv1;rua=" + to, "fine"},
		{"v=TLSRPTv1;rua=" + to + ";", "fine"},
		{"v=TLSRPTv1 ; rua=" + to, "fine"},
		{"v=TLSRPTv1; rua=https://reports.example.com/v1/tls", "fine"},
		{"v=TLSRPTv1; rua=" + to + ",https://reports.example.com/v1/tls?a=b", "fine"},
		{"v=TLSRPTv1; rua=" + to + " , mailto:b@example.net", "fine"},
		{"v=TLSRPTv1; x=y; rua=" + to, "fine"},
		{"v=TLSRPTv1; rua=" + to + "; x=y", "fine"},
		{"v=TLSRPTv1; rua=mailto:a%2Cb@example.com", "fine"},
		{"v=TLSRPTv1; rua=mailto:tls@example.com?subject=x", "fine"},
		{"v=TLSRPTv1; rua=MAILTO:tls@example.com", "fine"},
		{"v=TLSRPTv1; rua=HTTPS://reports.example.com/", "fine"},
		{"v=TLSRPTv1; rua=" + to + " | v=spf1 -all", "fine"},
		{"v=TLSRPTv1; rua=" + to + "; rua=" + to, "harmless 41"},
		{"v=TLSRPTv1; rua=" + to + " ", "disputed 39"},
		{"v=TLSRPTv1; rua=tls@example.com", "reports 17"},
		{"v=TLSRPTv1; rua=mailto:", "reports 17"},
		{"v=TLSRPTv1; rua=mailto:tls", "reports 17"},
		{"v=TLSRPTv1; rua=mailto:@example.com", "reports 17"},
		{"v=TLSRPTv1; rua=mailto:tls@", "reports 17"},
		{"v=TLSRPTv1; rua=mailto://tls@example.com", "reports 17"},
		{"v=TLSRPTv1; rua=mailto:tls@example.com!10m", "reports 17"},
		{"v=TLSRPTv1; rua=mailto:<tls@example.com>", "reports 17"},
		{"v=TLSRPTv1; rua=mailto:tls@exa mple.com", "reports 17"},
		{"v=TLSRPTv1; rua=mailto: tls@example.com", "reports 17"},
		{"v=TLSRPTv1; rua=http://reports.example.com/", "reports 17"},
		{"v=TLSRPTv1; rua=https://", "reports 17"},
		{"v=TLSRPTv1; rua=https:reports.example.com", "reports 17"},
		{"v=TLSRPTv1; rua=https://user@reports.example.com/", "fine"},
		{"v=TLSRPTv1; rua=ftp://reports.example.com/", "reports 17"},
		{"v=TLSRPTv1; rua=reports.example.com", "reports 17"},
		{"v=TLSRPTv1; rua=" + to + ",tls@example.net", "reports 40"},
		{"v=TLSRPTv1; rua=" + to + ",", "reports 40"},
		{"v=TLSRPTv1; rua=," + to, "reports 17"},
		{"v=TLSRPTv1; rua=a,b,c", "reports 17"},
		{"v=TLSRPTv1; rua=\"" + to + "\"", "reports 17"},
		{"v=TLSRPTv1; rua=mailto:t\u00e9st@example.com", "reports 17"},
		{"v=TLSRPTv1;", "ignored 12"},
		{"v=TLSRPTv1; ", "ignored 13"},
		{"v=TLSRPTv1; rua=", "ignored 13"},
		{"v=TLSRPTv1; rua", "ignored 13"},
		{"v=TLSRPTv1; RUA=" + to, "ignored 39"},
		{"v=TLSRPTv1; rua =" + to, "ignored 13"},
		{"v=TLSRPTv1; rua:" + to, "ignored 13"},
		{"v=TLSRPTv1; ruf=" + to, "ignored 39"},
		{"v=TLSRPTv1; x=y", "ignored 16"},
		{"v=TLSRPTv1;; rua=" + to, "ignored 12"},
		{"v=TLSRPTv1; rua=" + to + ";;", "ignored 40"},
		{"v=TLSRPTv1; rua=" + to + "; junk", "ignored 41"},
		{"v=TLSRPTv1; rua=" + to + "; x=a b", "ignored 41"},
		{"v=TLSRPTv1; rua=" + to + " | v=TLSRPTv1; rua=" + to, "several"},
		{"v=TLSRPTv1; rua=" + to + " | v=TLSRPTv1;", "several"},
		{"v=tlsrptv1; rua=" + to, "meant"},
		{"V=TLSRPTv1; rua=" + to, "meant"},
		{"v = TLSRPTv1; rua=" + to, "meant"},
		{" v=TLSRPTv1; rua=" + to, "meant"},
		{"v=TLSRPTv1", "meant"},
		{"v=TLSRPTv1, rua=" + to, "meant"},
		{"v=TLSRPTv1 rua=" + to, "meant"},
		{"v=TLSRPT1; rua=" + to, "meant"},
		{"v=TLS-RPTv1; rua=" + to, "meant"},
		{"\"v=TLSRPTv1; rua=" + to + "\"", "meant"},
		{"rua=" + to, "meant"},
		{"v=TLSRPTv1 ; rua=" + to + " | x", "meant"},
		{"v=TLSRPTv2; rua=" + to, "other"},
		{"v=STSv1; id=1", "other"},
		{"v=DMARC1; p=none; rua=" + to, "other"},
		{"hello", "other"},
	} {
		var texts []string
		if test.texts != "" {
			texts = strings.Split(test.texts, " | ")
		}
		records, meant, others := SortTLSRPT(texts)
		if got := whatOf(records, meant, others); got != test.want {
			t.Errorf("%.70q: %s, want %s", test.texts, got, test.want)
		}
	}
}

// Where reports go, of the addresses that can be used.
func TestTLSRPTReceivers(t *testing.T) {
	records, _, _ := SortTLSRPT([]string{"v=TLSRPTv1; rua=mailto:a@Example.com,x,https://r.example.net/v1, mailto:b@example.org"})
	if got := strings.Join(records[0].Receivers, " "); got != "mailto:a@Example.com https://r.example.net/v1 mailto:b@example.org" {
		t.Error(got)
	}
	// A hostile record has thousands.
	records, _, _ = SortTLSRPT([]string{"v=TLSRPTv1; rua=" + strings.Repeat("x,", 5000) + strings.Repeat("mailto:a@example.com,", 5000)})
	if len(records[0].Receivers) > maxReceivers || len(records[0].Faults) > maxFaults || records[0].Worst() != LostReport {
		t.Errorf("%d receivers, %d faults", len(records[0].Receivers), len(records[0].Faults))
	}
}

// Whatever a text says, its faults stand in it.
func FuzzTLSRPT(f *testing.F) {
	f.Add("v=TLSRPTv1; rua=mailto:tls@example.com,https://reports.example.com/v1/tls")
	f.Add("v=TLSRPTv1; rua=a, b ;;")
	f.Fuzz(func(t *testing.T, text string) {
		records, meant, others := SortTLSRPT([]string{text})
		if len(records)+len(meant)+len(others) != 1 {
			t.Fatalf("%d, %d, %d", len(records), len(meant), len(others))
		}
		for _, r := range append(records, meant...) {
			checkFaults(t, r)
		}
	})
}

func BenchmarkSortTLSRPT(b *testing.B) {
	texts := []string{"v=spf1 -all", "v=TLSRPTv1; rua=mailto:tls@example.com,https://reports.example.net/v1"}
	for b.Loop() {
		if records, _, _ := SortTLSRPT(texts); len(records) != 1 || records[0].Worst() != 0 {
			b.Fatal("it has a fault")
		}
	}
}
