package spf

import (
	"context"
	"strings"
	"testing"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/spf/checkhost"
)

// zoneText is a resolver over lines of presentation format. A name that no line has does not exist; "NAME TYPE FAIL" fails.
func zoneText(lines ...string) checkhost.Lookup {
	return func(_ context.Context, name, rrtype string) []evidence.Exchange {
		x := evidence.Exchange{Role: evidence.Resolver, Name: dnsanswer.HostName(name), Type: rrtype, RCode: "NXDOMAIN", RA: true}
		for _, line := range lines {
			owner, rest, _ := strings.Cut(line, " ")
			if owner != dnsanswer.HostName(name) {
				continue
			}
			if x.RCode == "NXDOMAIN" {
				x.RCode = "NOERROR"
			}
			if rest == rrtype+" FAIL" {
				x.RCode = "SERVFAIL"
			} else if strings.HasPrefix(rest, rrtype+" ") {
				x.Answer = append(x.Answer, owner+". 300 IN "+rest)
			}
		}
		return []evidence.Exchange{x}
	}
}

func TestOutboundBySPF(t *testing.T) {
	const address = "203.0.113.25"
	domain := evidence.Target{Name: "example.com", Kind: "domain"}
	host := evidence.Target{Name: "mail.example.com", Kind: "host"}
	top := evidence.Target{Name: "com", Kind: "host"} // a public suffix has no domain above it
	tests := []struct {
		name   string
		target evidence.Target
		lines  []string
		want   string
	}{
		{"pass", domain, []string{`example.com TXT "v=spf1 ip4:203.0.113.0/24 -all"`}, "yes"},
		{"pass by mx", domain, []string{`example.com TXT "v=spf1 mx -all"`, "example.com MX 10 mail.example.com.", "mail.example.com A 203.0.113.25"}, "yes"},
		{"pass in two strings", domain, []string{`example.com TXT "v=spf1 ip4:203.0." "113.25 -all"`}, "yes"},
		{"pass by exists", domain, []string{`example.com TXT "v=spf1 exists:%{i}.list.example.com -all"`, "203.0.113.25.list.example.com A 127.0.0.2"}, "yes"},
		{"pass by ptr", domain, []string{`example.com TXT "v=spf1 ptr -all"`, "25.113.0.203.in-addr.arpa PTR mail.example.com.", "mail.example.com A 203.0.113.25"}, "yes"},
		{"pass by redirect", domain, []string{`example.com TXT "v=spf1 redirect=_spf.example.com"`, `_spf.example.com TXT "v=spf1 ip4:203.0.113.25 -all"`}, "yes"},
		{"everybody passes", domain, []string{`example.com TXT "v=spf1 +all"`}, "yes"},
		{"fail", domain, []string{`example.com TXT "v=spf1 -all"`}, "no"},
		{"softfail", domain, []string{`example.com TXT "v=spf1 ~all"`}, "no"},
		{"neutral", domain, []string{`example.com TXT "v=spf1 ?all"`}, "assumed"},
		{"the validated domain has an unknown name", domain, []string{`example.com TXT "v=spf1 exists:%{p}.example.com -all"`}, "no"},
		{"no SPF among other texts", domain, []string{`example.com TXT "hello"`}, "assumed"},
		{"no text", domain, []string{"example.com A 192.0.2.1"}, "assumed"},
		{"no name", domain, nil, "assumed"},
		{"temporary failure", domain, []string{"example.com TXT FAIL"}, "servfail"},
		{"temporary failure in an include", domain, []string{`example.com TXT "v=spf1 include:_spf.example.com -all"`, "_spf.example.com TXT FAIL"}, "servfail"},
		{"temporary failure that does not matter", domain, []string{`example.com TXT "v=spf1 ip4:203.0.113.25 include:_spf.example.com -all"`, "_spf.example.com TXT FAIL"}, "yes"},
		{"record in error", domain, []string{`example.com TXT "v=spf1 ip5:203.0.113.25 -all"`}, "untested"},
		{"include of nothing", domain, []string{`example.com TXT "v=spf1 include:_spf.example.com -all"`}, "untested"},
		{"two records", domain, []string{`example.com TXT "v=spf1 -all"`, `example.com TXT "v=spf1 +all"`}, "untested"},
		{"a loop", domain, []string{`example.com TXT "v=spf1 include:example.com -all"`}, "untested"},
		{"too many void look-ups", domain, []string{`example.com TXT "v=spf1 a:a.example.com a:b.example.com a:c.example.com -all"`}, "untested"},
		{"address of the other family is no void look-up", domain, []string{`example.com TXT "v=spf1 a:a.example.com a:b.example.com -all"`,
			"a.example.com A 192.0.2.1", "b.example.com A 192.0.2.1"}, "no"},
		{"host by its domain", host, []string{`example.com TXT "v=spf1 ip4:203.0.113.25 -all"`}, "yes"},
		{"host by its own", host, []string{`mail.example.com TXT "v=spf1 a -all"`, "mail.example.com A 203.0.113.25", `example.com TXT "v=spf1 -all"`}, "yes"},
		{"host of neither", host, []string{`mail.example.com TXT "v=spf1 -all"`}, "no"},
		{"host, one in error, one without", host, []string{`mail.example.com TXT "v=spf1 nonsense"`}, "untested"},
		{"host, one in error, one passes", host, []string{`mail.example.com TXT "v=spf1 nonsense"`, `example.com TXT "v=spf1 +all"`}, "yes"},
		{"public suffix", top, nil, "assumed"},
		{"address", evidence.Target{Name: address, Kind: "address"}, nil, "assumed"},
	}
	for _, test := range tests {
		f, asked := evaluate(t.Context(), checkhost.From(nil, zoneText(test.lines...)), &test.target, address)
		got := string(f.Why.Code)
		if f.Known() {
			got = f.Value.String()
		}
		if got != test.want || !asked || f.Known() && f.Evidence == "" {
			t.Errorf("%s: %s (%v; %s), want %s", test.name, got, f.Why, f.Evidence, test.want)
		}
	}
	f, _ := evaluate(t.Context(), checkhost.From(nil, zoneText(`example.com TXT "v=spf1 a:six.example.com exists:four.example.com -all"`, "six.example.com AAAA 2001:db8::25")), &domain, "2001:db8::25")
	if f.Value.Text() != evidence.OutboundYes {
		t.Errorf("IPv6: %v %v", f.Value, f.Why)
	}
}

// A hostile record leads to a bounded number of questions.
func TestSPFLookupsAreBounded(t *testing.T) {
	lines := []string{`example.com TXT "v=spf1 ptr mx:m1.example mx:m2.example mx:m3.example mx:m4.example mx:m5.example mx:m6.example mx:m7.example mx:m8.example mx:m9.example include:example.com -all"`}
	for _, m := range "123456789" {
		for _, h := range "abcdefghij" {
			lines = append(lines, "m"+string(m)+".example MX 10 "+string(h)+string(m)+".example.")
			lines = append(lines, string(h)+string(m)+".example A 192.0.2.1", "25.113.0.203.in-addr.arpa PTR "+string(h)+string(m)+".example.")
		}
	}
	asked := 0
	resolver := zoneText(lines...)
	count := func(ctx context.Context, name, rrtype string) []evidence.Exchange {
		asked++
		return resolver(ctx, name, rrtype)
	}
	evaluate(t.Context(), checkhost.From(nil, count), &evidence.Target{Name: "example.com", Kind: "domain"}, "203.0.113.25")
	if asked < 50 || asked > 130 {
		t.Errorf("%d questions", asked)
	}
}

// "exists" asks for IPv4 addresses whatever the sender's family is (RFC 7208 section 5.7).
func TestExistsOfAnIPv6Sender(t *testing.T) {
	lines := []string{`example.com TXT "v=spf1 exists:four.example.com -all"`, "four.example.com A 192.0.2.1"}
	f, _ := evaluate(t.Context(), checkhost.From(nil, zoneText(lines...)), &evidence.Target{Name: scene.Domain, Kind: "domain"}, "2001:db8::25")
	if f.Value.Text() != evidence.OutboundYes {
		t.Errorf("%v (%v)", f.Value, f.Why)
	}
}

// Of several targets, the one that says most decides; one whose look-ups were not wanted says nothing.
func TestOutboundOfSharedHost(t *testing.T) {
	txt := func(domain, text string) evidence.Exchange {
		return evidence.Exchange{Role: evidence.Resolver, Name: domain, Type: "TXT", RCode: "NOERROR", Answer: []string{domain + `. 300 IN TXT "` + text + `"`}}
	}
	yes, no, none := txt("yes.example", "v=spf1 +all"), txt("no.example", "v=spf1 -all"), txt("none.example", "hello")
	tests := []struct {
		targets string
		want    string
	}{
		{"yes no", "yes"}, {"no yes", "yes"}, {"no none", "assumed"}, {"none no", "assumed"}, {"none yes", "yes"}, {"no", "no"},
		{"no unasked", "no"}, {"unasked no", "no"}, {"unasked yes", "yes"}, {"unasked", "untested"},
	}
	for _, test := range tests {
		b := evidence.Bundle{Exchanges: []evidence.Exchange{yes, no, none}}
		for _, name := range strings.Fields(test.targets) {
			b.Targets = append(b.Targets, evidence.Target{Name: name + ".example", Kind: "domain",
				Hosts: []evidence.Host{{Name: "mail.example.com", Addresses: []string{"203.0.113.25"}}}})
		}
		f, _ := factsOf(&b).Get(facts.IPOutbound, facts.SessionAt("mail.example.com", "203.0.113.25"))
		got := string(f.Why.Code)
		if f.Known() {
			got = f.Value.String()
		}
		if got != test.want {
			t.Errorf("%s: %s, want %s", test.targets, got, test.want)
		}
	}
}

// The user's word outweighs every record; what was not asked is not known, and the reason tells whether there was time to ask.
func TestOutboundWithoutRecords(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*evidence.Bundle)
		want   string
	}{
		"the user says yes":             {func(b *evidence.Bundle) { b.Vantage.Outbound = evidence.OutboundYes }, "yes"},
		"the user says no":              {func(b *evidence.Bundle) { b.Vantage.Outbound = evidence.OutboundNo }, "no"},
		"the user says something else":  {func(b *evidence.Bundle) { b.Vantage.Outbound = "perhaps" }, "unknown: untested"},
		"not asked":                     {func(b *evidence.Bundle) {}, "unknown: untested"},
		"not asked in time":             {func(b *evidence.Bundle) { b.Expired = true }, "unknown: interrupted"},
		"ended before it was asked":     {func(b *evidence.Bundle) { b.Interrupted = true }, "unknown: interrupted"},
		"nobody knows what the name is": {func(b *evidence.Bundle) { b.Targets[0].Kind = "" }, "unknown: untested"},
	} {
		b := scene.Of()
		test.change(b)
		scene.WantAbout(t, name, factsOf(b), scene.View, facts.IPOutbound, test.want)
	}
}

// Look-ups that were cut short are this run's trouble if it was ended, and the servers' if they were slow.
func TestOutboundLookupsWithoutEnd(t *testing.T) {
	for name, test := range map[string]struct {
		kind  evidence.FailureKind
		ended bool
		want  string
	}{
		"the run was ended":      {evidence.Interrupted, true, "unknown: interrupted"},
		"the look-ups were slow": {evidence.Interrupted, false, "unknown: servfail"},
		"silence":                {evidence.Timeout, false, "unknown: servfail"},
	} {
		b := scene.Of()
		b.Interrupted = test.ended
		b.Exchanges = []evidence.Exchange{{Role: evidence.Resolver, Name: scene.Domain, Type: "TXT", Failure: &evidence.Failure{Kind: test.kind}}}
		scene.WantAbout(t, name, factsOf(b), scene.View, facts.IPOutbound, test.want)
	}
}

// A null MX (RFC 7505) authorises nobody.
func TestNullMXAuthorisesNobody(t *testing.T) {
	lines := []string{`example.com TXT "v=spf1 mx -all"`, "example.com MX 0 .", ". A 203.0.113.25"}
	if f, _ := evaluate(t.Context(), checkhost.From(nil, zoneText(lines...)), &evidence.Target{Name: scene.Domain, Kind: "domain"}, scene.Address); f.Value.Text() != evidence.OutboundNo {
		t.Errorf("%v (%v)", f.Value, f.Why)
	}
}

// Senders ask a resolver; where it fails or knows of no record the name servers are heard, unless none of any zone answers from here: their
// silence takes nothing from the resolver's word.
func TestWhoseWordOnSPFCounts(t *testing.T) {
	said := func(role evidence.Role, rcode string, data ...string) evidence.Exchange {
		return scene.SaidBy(role, rcode, "TXT", scene.Domain, data...)
	}
	silent := said(scene.There, "")
	silent.AA, silent.Failure = false, &evidence.Failure{Kind: evidence.Timeout}
	const passes, denies = `"v=spf1 ip4:203.0.113.25 -all"`, `"v=spf1 -all"`
	for name, test := range map[string]struct {
		xs   []evidence.Exchange
		want string
	}{
		"the resolver knows it":                             {[]evidence.Exchange{said(scene.Here, "NOERROR", passes)}, "yes"},
		"the resolver goes before the zone":                 {[]evidence.Exchange{said(scene.Here, "NOERROR", passes), said(scene.There, "NOERROR", denies)}, "yes"},
		"the resolver fails, the zone tells":                {[]evidence.Exchange{said(scene.Here, "SERVFAIL"), said(scene.There, "NOERROR", passes)}, "yes"},
		"the resolver knows of none, the zone has one":      {[]evidence.Exchange{said(scene.Here, "NXDOMAIN"), said(scene.There, "NOERROR", denies)}, "no"},
		"the resolver knows of none, the zone has none":     {[]evidence.Exchange{said(scene.Here, "NXDOMAIN"), said(scene.There, "NXDOMAIN")}, "assumed"},
		"the resolver knows of none, no name server speaks": {[]evidence.Exchange{said(scene.Here, "NXDOMAIN"), silent}, "assumed"},
		"the resolver fails, no name server speaks":         {[]evidence.Exchange{said(scene.Here, "SERVFAIL"), silent}, "unknown: servfail"},
	} {
		set := factsOf(scene.Led("domain", nil, scene.OneHost(scene.Address), test.xs...))
		scene.WantAbout(t, name, set, scene.View, facts.IPOutbound, test.want)
	}
}

// Of a host without address it is said why it has none, not that nobody asked.
func TestOutboundOfNoAddress(t *testing.T) {
	for kind, want := range map[evidence.FailureKind]string{evidence.NXDomain: "unknown: not_found", evidence.NoData: "unknown: not_found", evidence.Timeout: "unknown: servfail"} {
		b := scene.Led("domain", nil, []evidence.Host{{Name: scene.Host, Trouble: &evidence.Failure{Kind: kind}}})
		scene.WantAbout(t, string(kind), factsOf(b), facts.SessionAt(scene.Host, "no address"), facts.IPOutbound, want)
	}
}
