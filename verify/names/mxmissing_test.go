package names

import (
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/reading"
)

// bounded writes what is known of a fact: its value with its bound, or why nothing is.
func bounded(f facts.Fact) string {
	switch {
	case !f.Known():
		return string(f.Why.Code)
	case f.AtLeast:
		return "at least " + f.Value.String()
	}
	return f.Value.String()
}

// Without MX records, whether mail is wanted shows in the SPF record of the name (RFC 7208 section 10.1.2). A question for it without an
// answer is no answer that there is none.
func TestWhetherMailIsWanted(t *testing.T) {
	noMX := scene.Said(evidence.Authoritative, "example.com", "MX", "NOERROR")
	txt := func(rcode string, records ...string) evidence.Exchange {
		return scene.Said(evidence.Authoritative, "example.com", "TXT", rcode, records...)
	}
	failed := func(kind evidence.FailureKind) evidence.Exchange {
		x := txt("")
		x.AA, x.Failure = false, &evidence.Failure{Kind: kind}
		return x
	}
	for name, test := range map[string]struct {
		txt  evidence.Exchange
		want string
	}{
		"none":              {txt("NOERROR"), "yes"},
		"sends nothing":     {txt("NOERROR", `example.com. 300 IN TXT "v=spf1  -ALL"`), "no"},
		"sends something":   {txt("NOERROR", `example.com. 300 IN TXT "v=spf1 mx -all"`), "yes"},
		"two records":       {txt("NOERROR", `example.com. 300 IN TXT "v=spf1 -all"`, `example.com. 300 IN TXT "v=spf1 mx -all"`), "yes"},
		"one of them empty": {txt("NOERROR", `example.com. 300 IN TXT "v=spf1"`, `example.com. 300 IN TXT "v=spf1 -all"`), "yes"},
		"another text":      {txt("NOERROR", `example.com. 300 IN TXT "v=spf10 -all"`), "yes"},
		"a text of another": {txt("NOERROR", `example.net. 300 IN TXT "v=spf1 -all"`), "yes"},
		"SERVFAIL":          {txt("SERVFAIL"), "servfail"},
		"REFUSED":           {txt("REFUSED"), "servfail"},
		"silence":           {failed(evidence.Timeout), "servfail"},
		"cut short":         {failed(evidence.Interrupted), "interrupted"},
		"too long":          {failed(evidence.TooLong), "servfail"},
	} {
		fact := derived(noMX, scene.Said(evidence.Authoritative, "example.com", "SOA", "NOERROR", "example.com. 300 IN SOA a. b. 1 2 3 4 5"), test.txt)
		if got := bounded(fact(facts.MXMailWanted)); got != test.want {
			t.Errorf("%s: mail wanted: %s, want %s", name, got, test.want)
		}
		if got := bounded(fact(facts.MXMissing)); got != "yes" {
			t.Errorf("%s: missing: %s", name, got)
		}
	}
}

// No answer for MX that is no usable word of a server becomes "no MX records".
func TestWhetherMXRecordsAreMissing(t *testing.T) {
	mx := "example.com. 300 IN MX 10 mail.example.com."
	change := func(x evidence.Exchange, change func(*evidence.Exchange)) evidence.Exchange {
		change(&x)
		return x
	}
	of := func(rcode string, records ...string) evidence.Exchange {
		return scene.Said(evidence.Authoritative, "example.com", "MX", rcode, records...)
	}
	for name, test := range map[string]struct {
		x    evidence.Exchange
		want string
	}{
		"there":              {of("NOERROR", mx), "no"},
		"none":               {of("NOERROR"), "yes"},
		"SERVFAIL":           {of("SERVFAIL"), "servfail"},
		"REFUSED":            {of("REFUSED"), "servfail"},
		"without authority":  {change(of("NOERROR"), func(x *evidence.Exchange) { x.AA = false }), "servfail"},
		"NXDOMAIN with MX":   {of("NXDOMAIN", mx), "servfail"},
		"truncated":          {change(of("NOERROR"), func(x *evidence.Exchange) { x.TC = true }), "servfail"},
		"MX of another":      {of("NOERROR", "example.net. 300 IN MX 10 mail.example.net."), "yes"},
		"an impostor":        {change(of("NXDOMAIN"), func(x *evidence.Exchange) { x.Failure = &evidence.Failure{Kind: evidence.Malformed} }), "servfail"},
		"more than are read": {change(of("NOERROR", mx), func(x *evidence.Exchange) { x.Failure = &evidence.Failure{Kind: evidence.TooLong} }), "no"},
	} {
		fact := derived(test.x, scene.Said(evidence.Authoritative, "example.com", "SOA", "NOERROR", "example.com. 300 IN SOA a. b. 1 2 3 4 5"))
		if got := bounded(fact(facts.MXMissing)); got != test.want {
			t.Errorf("%s: missing: %s, want %s", name, got, test.want)
		}
	}
}

// Of more MX records than were read it is known what those show, and nothing of all.
func TestMoreMXRecordsThanWereRead(t *testing.T) {
	cut := scene.Said(evidence.Authoritative, "example.com", "MX", "NOERROR", "example.com. 300 IN MX 10 a.example.com.", "example.com. 300 IN MX 20 b.example.com.")
	cut.Failure = &evidence.Failure{Kind: evidence.TooLong}
	fact := derived(cut, scene.Said(evidence.Authoritative, "example.com", "SOA", "NOERROR", "example.com. 300 IN SOA a. b. 1 2 3 4 5"),
		scene.Said(evidence.Authoritative, "a.example.com", "A", "NOERROR", "a.example.com. 300 IN A 203.0.113.25"), scene.Said(evidence.Authoritative, "a.example.com", "AAAA", "NOERROR"),
		scene.Said(evidence.Authoritative, "b.example.com", "A", "NOERROR", "b.example.com. 300 IN A 203.0.113.26"), scene.Said(evidence.Authoritative, "b.example.com", "AAAA", "NOERROR"))
	for name, want := range map[facts.Name]string{facts.MXMissing: "no", facts.MXCount: "at least 2", facts.MXNull: "untested", facts.MXNullBesideOthers: "untested",
		facts.MXSameName: "untested", facts.MXEqualPreference: "untested", facts.MXSameAddress: "untested", facts.MXHasAlias: "untested",
		facts.MXHasUnresolvable: "untested", facts.MXHasPrivate: "untested", facts.MXHasLiteral: "untested", facts.MXReachable: "at least 2",
		facts.MXDiffer: "untested", facts.MXMailWanted: "yes"} {
		if got := bounded(fact(name)); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// What stands twice among the records that were read of one server stands twice, whatever part of theirs others gave: the parts differ
// because they are parts.
func TestPartsOfManyMXRecordsDenyNothing(t *testing.T) {
	part := func(data ...string) evidence.Exchange {
		x := scene.SaidBy(scene.There, "NOERROR", "MX", "example.com", data...)
		x.Failure = &evidence.Failure{Kind: evidence.TooLong}
		return x
	}
	for _, test := range []struct {
		fact facts.Name
		data []string
		want string
	}{
		{facts.MXSameName, []string{"10 a.example.com.", "20 a.example.com."}, "yes"},
		{facts.MXEqualPreference, []string{"10 a.example.com.", "10 b.example.com."}, "yes"},
		{facts.MXCount, []string{"10 a.example.com.", "20 b.example.com."}, "at least 2"},
		{facts.MXSameName, []string{"10 a.example.com.", "20 b.example.com."}, "untested"},
		{facts.MXEqualPreference, []string{"10 a.example.com.", "20 b.example.com."}, "untested"},
	} {
		fact := mailFacts("example.com", part(test.data...), atServer(2, part("30 c.example.com.", "40 d.example.com.")))
		if got := bounded(fact(test.fact)); got != test.want {
			t.Errorf("%s of %q: %s, want %s", test.fact, test.data, got, test.want)
		}
	}
}

// That a name does not exist is the word of one server that denies it, unless another server of its zone, which may know it, gave no
// usable answer. Two that deny it are enough.
func TestNameThatOneServerDenies(t *testing.T) {
	servers := []evidence.Server{{Name: "ns1.example.com", Address: "192.0.2.53"}, {Name: "ns2.example.com", Address: "198.51.100.53"},
		{Name: "ns3.example.com", Address: "203.0.113.53"}}
	at := func(n int, rcode string) evidence.Exchange {
		x := scene.Said(evidence.Authoritative, "www.example.com", "A", rcode)
		x.Server = servers[n].Address + ":53"
		if rcode == "" {
			x.AA, x.Failure = false, &evidence.Failure{Kind: evidence.Timeout}
		}
		return x
	}
	elsewhere := at(1, "SERVFAIL")
	elsewhere.Server = "192.0.2.99:53"
	byResolver := at(1, "SERVFAIL")
	byResolver.Role = evidence.Resolver
	for name, test := range map[string]struct {
		xs   []evidence.Exchange
		want facts.Code // "" where nothing speaks against it
	}{
		"one denies it":                             {[]evidence.Exchange{at(0, "NXDOMAIN")}, ""},
		"one denies it, one fails":                  {[]evidence.Exchange{at(0, "NXDOMAIN"), at(1, "SERVFAIL")}, facts.ServFail},
		"one denies it, one is silent":              {[]evidence.Exchange{at(0, "NXDOMAIN"), at(1, "")}, facts.ServFail},
		"one is silent first, then denies it":       {[]evidence.Exchange{at(0, ""), at(0, "NXDOMAIN")}, ""},
		"two deny it, one fails":                    {[]evidence.Exchange{at(0, "NXDOMAIN"), at(1, "NXDOMAIN"), at(2, "SERVFAIL")}, ""},
		"one denies it, a server of another zone":   {[]evidence.Exchange{at(0, "NXDOMAIN"), elsewhere}, ""},
		"one denies it, the resolver at an address": {[]evidence.Exchange{at(0, "NXDOMAIN"), byResolver}, ""},
	} {
		d := &derivation{&reading.Reading{Bundle: &evidence.Bundle{Exchanges: test.xs}}}
		target := &evidence.Target{Name: "www.example.com", Delegation: &evidence.Delegation{By: evidence.ByWalk, Path: []evidence.Cut{{Zone: "."}, {Zone: "example.com", Servers: servers}}}}
		if why := d.undenied(target, target.Name); why.Code != test.want {
			t.Errorf("%s: %q (%s), want %q", name, why.Code, why.Detail, test.want)
		}
	}
}

// Of too many addresses those that were kept are there: a server that denies them contradicts.
func TestHostThatOneServerDenies(t *testing.T) {
	const mail = "mail.example.com"
	mx, none := scene.SaidBy(scene.There, "NOERROR", "MX", "example.com", "10 "+mail+"."), scene.SaidBy(scene.There, "NOERROR", "AAAA", mail)
	a := scene.SaidBy(scene.There, "NOERROR", "A", mail, "203.0.113.25")
	many := a
	many.Failure = &evidence.Failure{Kind: evidence.TooLong}
	denied := atServer(2, scene.SaidBy(scene.There, "NOERROR", "A", mail))
	for name, x := range map[string]evidence.Exchange{"one address": a, "too many": many} {
		fact := mailFacts("example.com", mx, atServer(2, mx), x, none, denied, atServer(2, none))
		if f := fact(facts.MXHasUnresolvable); f.Known() || f.Why.Code != facts.Disagreement {
			t.Errorf("%s: %s (%s)", name, bounded(f), f.Why.Detail)
		}
	}
}
