package zone

import (
	"testing"

	"mxverdict/verify/evidence"
)

// What a server does instead of giving the SOA record tells whose fault it is: its own, or that of who sent us there.
func TestSaidInstead(t *testing.T) {
	x := func(change func(*evidence.Exchange)) []evidence.Exchange {
		x := evidence.Exchange{Role: evidence.Authoritative, Name: "example.com", Type: "SOA", RCode: "NOERROR"}
		change(&x)
		return []evidence.Exchange{x}
	}
	for want, xs := range map[string][]evidence.Exchange{
		"":                                  x(func(x *evidence.Exchange) { x.RCode = "" }),
		"answers REFUSED":                   x(func(x *evidence.Exchange) { x.RCode = "REFUSED" }),
		"refers to the servers of com":      x(func(x *evidence.Exchange) { x.Authority = []string{"com. 300 IN NS a.example.net."} }),
		"refers to the servers of the root": x(func(x *evidence.Exchange) { x.Authority = []string{". 300 IN NS a.example.net."} }),
		"answers without authority":         x(func(x *evidence.Exchange) {}),
		"does not have the zone":            x(func(x *evidence.Exchange) { x.AA, x.RCode = true, "NXDOMAIN" }),
		"answers that there is no SOA record, and gives no other record of the zone": x(func(x *evidence.Exchange) { x.AA = true }),
	} {
		if got := saidInstead(xs, "example.com"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
