package reading

import (
	"testing"

	"mxverdict/verify/evidence"
)

// The index finds a server however its address is written.
func TestServerKey(t *testing.T) {
	for _, server := range []string{"2001:db8::1", "[2001:db8::1]:53", "[2001:DB8:0::1]:53", "[2001:db8::1]"} {
		if got := ServerKey(server); got != "2001:db8::1" {
			t.Errorf("%s is %s", server, got)
		}
	}
}

// Aliases lead from name to name, whoever tells of them, and never in a circle without end.
func TestSaidAbout(t *testing.T) {
	x := func(name, answer string) evidence.Exchange {
		return evidence.Exchange{Role: evidence.Authoritative, Name: name, Type: "A", Answer: []string{answer}}
	}
	r := &Reading{Bundle: &evidence.Bundle{Exchanges: []evidence.Exchange{
		x("c.example.com", "c.example.com. 300 IN CNAME a.example.com."), x("other.example.com", "other.example.com. 300 IN A 192.0.2.1"),
		x("a.example.com", "a.example.com. 300 IN CNAME B.example.com."), x("b.example.com", "b.example.com. 300 IN CNAME c.example.com."),
	}}}
	if said := r.SaidAbout("A.example.com."); len(said) != 3 || said[0].Name != "c.example.com" {
		t.Errorf("%v", said)
	}
}
