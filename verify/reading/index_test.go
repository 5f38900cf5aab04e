package reading

import (
	"fmt"
	"testing"
	"time"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// The index finds a server however its address is written.
func TestServerKey(t *testing.T) {
	for _, server := range []string{"2001:db8::1", "[2001:db8::1]:53", "[2001:DB8:0::1]:53", "[2001:db8::1]"} {
		if got := serverKey(server); got != "2001:db8::1" {
			t.Errorf("%s is %s", server, got)
		}
	}
}

// saidAt is what an authoritative server answers.
func saidAt(server, name, rrtype string, records ...string) evidence.Exchange {
	return evidence.Exchange{Role: evidence.Authoritative, Server: server + ":53", Name: name, Type: rrtype, RCode: "NOERROR", AA: true, Answer: records}
}

// What is added to the evidence of a run under way counts at once, in whatever was concluded before.
func TestAdd(t *testing.T) {
	b := &evidence.Bundle{Targets: []evidence.Target{{Name: "example.com", Kind: "host", Hosts: []evidence.Host{{Name: "example.com", Addresses: []string{"192.0.2.1"}}}}}}
	r := &Reading{Bundle: b}
	at := facts.SessionAt("example.com", "192.0.2.1")
	lead := func() string { return r.Places(&b.Targets[0]).Places[0].Lead.By }
	if r.Asked("example.com", "A") || len(r.Sessions(at)) > 0 || r.AnsweredDirectly() || lead() != "" {
		t.Error("something is known of nothing")
	}
	r.Add(saidAt("192.0.2.53", "example.com", "A", "example.com. 300 IN A 192.0.2.1"), evidence.Exchange{Role: evidence.Resolver, Name: "example.com", Type: "A",
		RCode: "NOERROR", Answer: []string{"example.com. 300 IN A 192.0.2.1"}})
	r.AddSession(evidence.Session{Host: "example.com", Address: "192.0.2.1"})
	if !r.Asked("EXAMPLE.com.", "a") || len(r.Sessions(at)) != 1 || !r.AnsweredDirectly() || lead() != ledByBoth {
		t.Errorf("asked %t, %d sessions, led by %q", r.Asked("example.com", "A"), len(r.Sessions(at)), lead())
	}
	b.Targets[0].Hosts[0].Addresses = []string{"192.0.2.2"}
	r.Forget()
	if got := r.Places(&b.Targets[0]).Places[0]; got.At != "192.0.2.2" || got.Lead.By != ledByZone {
		t.Errorf("a target that changed: %+v", got)
	}
}

// A server speaks for itself about the name that was asked for; where an alias leads, whoever knows that counts.
func TestSaidBy(t *testing.T) {
	alias := "a.example.com. 300 IN CNAME B.example.net."
	r := &Reading{Bundle: &evidence.Bundle{Exchanges: []evidence.Exchange{
		saidAt("192.0.2.1", "a.example.com", "A", alias),
		saidAt("192.0.2.2", "a.example.com", "A", "a.example.com. 300 IN A 203.0.113.2"),
		saidAt("192.0.2.3", "b.example.net", "A", "b.example.net. 300 IN A 203.0.113.3"),
		saidAt("192.0.2.3", "other.example.net", "A", "other.example.net. 300 IN A 203.0.113.4"),
	}}}
	twin := saidAt("192.0.2.2", "a.example.com", "A", "a.example.com. 300 IN A 203.0.113.9")
	twin.Round = dnsanswer.RoundTwin
	r.Add(twin)
	for server, want := range map[string]string{"192.0.2.1": "203.0.113.3", "192.0.2.2": "203.0.113.2", "": "203.0.113.3", "192.0.2.9": ""} {
		first, end := r.SaidBy(server, "A.example.com.", "A")
		if got := dnsanswer.AddressTexts(end.Records); fmt.Sprint(got) != fmt.Sprint(dnsanswer.AddressTexts(r.Parse([]string{". 0 IN A " + want}))) {
			t.Errorf("%q gives %v, want %s", server, got, want)
		}
		if is := first.Alias == "b.example.net"; is != (want == "203.0.113.3") {
			t.Errorf("%q: alias %q", server, first.Alias)
		}
	}
	if got := dnsanswer.AddressTexts(r.SaidInRound("192.0.2.2", "a.example.com", "A", dnsanswer.RoundTwin).Records); len(got) != 1 || got[0] != "203.0.113.9" {
		t.Errorf("in a later round %v", got)
	}
	if end := r.EndOf("a.example.com", "A"); end != "b.example.net" {
		t.Errorf("the aliases end at %s", end)
	}
}

// Aliases lead from name to name, whoever tells of them, and never in a circle without end.
func TestAliasesInACircle(t *testing.T) {
	r := &Reading{Bundle: &evidence.Bundle{Exchanges: []evidence.Exchange{
		saidAt("192.0.2.1", "a.example.com", "A", "a.example.com. 300 IN CNAME b.example.com."), saidAt("192.0.2.1", "b.example.com", "A", "b.example.com. 300 IN CNAME a.example.com."),
	}}}
	if _, end := r.SaidBy("", "a.example.com", "A"); end.Failure == nil || dnsanswer.Absent(end.Failure) {
		t.Errorf("%+v", end)
	}
	if end := r.EndOf("a.example.com", "A"); end != "b.example.com" {
		t.Errorf("the aliases end at %s", end)
	}
}

// People find what a fact rests on by a number that counts from 1.
func TestPlaceInTheEvidence(t *testing.T) {
	at := time.Unix(1, 0)
	r := &Reading{Bundle: &evidence.Bundle{Exchanges: []evidence.Exchange{{At: at}, {At: at.Add(time.Second)}}}}
	for place, want := range map[int]string{-1: "", 0: "DNS exchange 1", 1: "DNS exchange 2"} {
		when, where := r.SeenIn(place)
		if where != want || when.IsZero() != (want == "") || place >= 0 && !when.Equal(r.Bundle.Exchanges[place].At) {
			t.Errorf("%d: %q at %v", place, where, when)
		}
	}
}

// Where the walk from the root did not get through, records with authority show that no resolver on the way answers for name servers: it
// has none of its own to give. A denial, which anybody can say, does not.
func TestWhatShowsThatServersAreHeardDirectly(t *testing.T) {
	const record = "example.com. 300 IN NS ns1.example.com."
	for name, test := range map[string]struct {
		change func(*evidence.Exchange)
		want   bool
	}{
		"records":       {func(*evidence.Exchange) {}, true},
		"a denial":      {func(x *evidence.Exchange) { x.Answer = nil }, false},
		"no authority":  {func(x *evidence.Exchange) { x.AA = false }, false},
		"broken off":    {func(x *evidence.Exchange) { x.Failure = &evidence.Failure{Kind: evidence.EOF} }, false},
		"by a resolver": {func(x *evidence.Exchange) { x.Role = evidence.Resolver }, false},
	} {
		x := saidAt("192.0.2.53", "example.com", "NS", record)
		test.change(&x)
		b := &evidence.Bundle{Exchanges: []evidence.Exchange{x}, Targets: []evidence.Target{{Name: "example.com", Zone: "example.com"}}}
		if got := (&Reading{Bundle: b}).Direct(&b.Targets[0]); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
