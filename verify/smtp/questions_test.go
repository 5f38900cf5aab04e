package smtp_test

import (
	"slices"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
	"mxverdict/verify/smtp"
)

// The name in a greeting is looked up by the resolver, and at its own name servers where that does not lead to anything public, until there
// is a record.
func TestLookUpOfGreetedNames(t *testing.T) {
	resolver := func(rrtype string, records ...string) evidence.Exchange {
		return evidence.Exchange{Role: evidence.Resolver, Name: "mail.example.com", Type: rrtype, RCode: "NOERROR", Answer: records}
	}
	servers := func(rrtype string, records ...string) evidence.Exchange {
		x := resolver(rrtype, records...)
		x.Role, x.AA, x.Server = evidence.Authoritative, true, "203.0.113.53:53"
		return x
	}
	nothing := func(x evidence.Exchange) evidence.Exchange {
		x.Authority = []string{"example.com. 60 IN SOA ns.example.com. a.example.com. 1 1 1 1 1"}
		return x
	}
	absent := []evidence.Exchange{nothing(resolver("A")), nothing(resolver("AAAA")), nothing(resolver("MX"))}
	const a, aaaa = "mail.example.com. 60 IN A 203.0.113.7", "mail.example.com. 60 IN AAAA 2001:db8::7"
	for name, test := range map[string]struct {
		greeting string
		answers  []evidence.Exchange
		want     []string
	}{
		"no name":                 {"220 [203.0.113.7] ESMTP", nil, nil},
		"turned away":             {"554 mail.example.com no", nil, nil},
		"public by the resolver":  {"220 mail.example.com ESMTP", []evidence.Exchange{resolver("A", a), absent[1], absent[2]}, []string{"resolver A", "resolver AAAA", "resolver MX"}},
		"nothing by anybody":      {"220 mail.example.com ESMTP", append(slices.Clone(absent), nothing(servers("A")), nothing(servers("AAAA")), nothing(servers("MX"))), []string{"resolver A", "resolver AAAA", "resolver MX", "zone A", "zone AAAA", "zone MX"}},
		"private by the resolver": {"220 mail.example.com ESMTP", []evidence.Exchange{resolver("A", "mail.example.com. 60 IN A 10.0.0.1"), absent[1], absent[2], servers("A", a)}, []string{"resolver A", "resolver AAAA", "resolver MX", "zone A"}},
		"a null MX, which leads nowhere": {"220 mail.example.com ESMTP", []evidence.Exchange{absent[0], absent[1], resolver("MX", "mail.example.com. 60 IN MX 0 ."), nothing(servers("A")),
			nothing(servers("AAAA")), servers("MX", "mail.example.com. 60 IN MX 0 .")}, []string{"resolver A", "resolver AAAA", "resolver MX", "zone A", "zone AAAA", "zone MX"}},
		"known by the zone alone":       {"220 mail.example.com ESMTP", append(slices.Clone(absent), nothing(servers("A")), servers("AAAA", aaaa)), []string{"resolver A", "resolver AAAA", "resolver MX", "zone A", "zone AAAA"}},
		"a name without a dot, by HELO": {"220 localhost ESMTP", nil, nil},
	} {
		r := read([]evidence.Target{domain("example.com", "7")}, with("mx1.example.net", "7", connected, step(evidence.StepGreeting, test.greeting)))
		target := &r.Bundle.Targets[0]
		kinds := map[reading.Kind]string{reading.Resolver: "resolver", reading.Authoritative: "zone"}
		var asked []string
		for range 20 {
			i := slices.IndexFunc(smtp.Questions(r, target, reading.Wish{Source: facts.FromGreetingName}), func(q reading.Question) bool { return !r.Done(q) })
			if i < 0 {
				break
			}
			q := smtp.Questions(r, target, reading.Wish{Source: facts.FromGreetingName})[i]
			asked = append(asked, kinds[q.Kind]+" "+q.Type)
			for _, x := range test.answers {
				if x.Type == q.Type && (x.Role == evidence.Resolver) == (q.Kind == reading.Resolver) {
					r.Add(x)
				}
			}
			r.Answer(q)
		}
		if !slices.Equal(asked, test.want) {
			t.Errorf("%s: asked %q, want %q", name, asked, test.want)
		}
		if got := smtp.Questions(r, target, reading.Wish{Source: facts.FromSession}); len(got) > 0 {
			t.Errorf("%s: asked %v although nothing about the name is wanted", name, got)
		}
	}
}

// That the zone has no such record takes a second witness, where the resolver knows one.
func TestWitnessesOfANameThatIsMissing(t *testing.T) {
	r := read(nil)
	r.Add(evidence.Exchange{Role: evidence.Resolver, Name: "mail.example.com", Type: "A", RCode: "NOERROR", Answer: []string{"mail.example.com. 60 IN A 203.0.113.7"}},
		evidence.Exchange{Role: evidence.Authoritative, AA: true, Server: "203.0.113.53:53", Name: "mail.example.com", Type: "A", RCode: "NXDOMAIN",
			Authority: []string{"example.com. 60 IN SOA ns.example.com. a.example.com. 1 1 1 1 1"}})
	for _, q := range r.ToBoth("mail.example.com", "A") {
		r.Answer(q)
	}
	walk := reading.Question{Kind: reading.Walk, Name: "mail.example.com"}
	if !slices.Contains(r.ToBoth("mail.example.com", "A"), walk) {
		t.Fatalf("asked %v", r.ToBoth("mail.example.com", "A"))
	}
	r.Answer(walk)
	r.Found("mail.example.com", evidence.Delegation{Path: []evidence.Cut{{Zone: "."}, {Zone: "example.com", Servers: []evidence.Server{{Name: "ns1.example.com", Address: "203.0.113.53"},
		{Name: "ns2.example.com", Address: "203.0.113.54"}}}}})
	for _, at := range []string{"203.0.113.53", "203.0.113.54"} {
		if !slices.ContainsFunc(r.ToBoth("mail.example.com", "A"), func(q reading.Question) bool { return q.Kind == reading.At && q.Server.Address == at && q.Type == "A" }) {
			t.Errorf("%s was not asked", at)
		}
	}
}

// A host may greet by another name each time. Each name is looked up once, and in an order that does not hang on who greeted first.
func TestEachGreetedNameOnce(t *testing.T) {
	questions := func(names ...string) (list []string) {
		var sessions []evidence.Session
		for _, name := range names {
			sessions = append(sessions, with("mx1.example.net", "7", connected, step(evidence.StepGreeting, "220 "+name+" ESMTP")))
		}
		r := read([]evidence.Target{domain("example.com", "7")}, sessions...)
		for _, q := range smtp.Questions(r, &r.Bundle.Targets[0], reading.Wish{Source: facts.FromGreetingName}) {
			list = append(list, q.Type+" "+q.Name)
		}
		return list
	}
	want := questions("a.example.com", "b.example.com")
	if len(want) == 0 {
		t.Fatal("nothing is asked")
	}
	for _, order := range [][]string{{"b.example.com", "a.example.com"}, {"b.example.com", "a.example.com", "b.example.com"}, {"a.example.com", "a.example.com", "b.example.com", "a.example.com"}} {
		if got := questions(order...); !slices.Equal(got, want) {
			t.Errorf("%q: asked %q, want %q", order, got, want)
		}
	}
}
