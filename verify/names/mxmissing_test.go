package names

import (
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
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
