package smtp_test

import (
	"net/netip"
	"slices"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/reading"
	"mxverdict/verify/smtp"
)

// Controls are asked for the sake of targets whose servers stay silent, or whose servers may have been tampered with on the way, until one
// settles it; never for the sake of a target that the control itself belongs to.
func TestWhenControlsAreAsked(t *testing.T) {
	targets := []evidence.Target{domain("a.example", "7", "8"), domain("b.example", "9")}
	quit := step(evidence.StepQUIT, "221 bye")
	refused := with("mx1.example.net", "7", step(evidence.StepConnect, string(evidence.Refused)))
	stripped := with("mx1.example.net", "7", connected, greeting, offersNot, step(evidence.StepSTARTTLS, "502 what?"), quit)
	unasked := with("mx1.example.net", "7", connected, greeting, offersNot, quit)
	blanked := with("mx1.example.net", "7", connected, step(evidence.StepGreeting, "220 ******** *"), offersNot, quit)
	broken := with("mx1.example.net", "7", connected, greeting, offers, step(evidence.StepSTARTTLS, "220 go"), step(evidence.StepHandshake, string(evidence.TLSFailed)))
	sound := with("mx2.example.net", "8", connected, greeting, offers, quit)
	greets := control(with("mx.example.org", "99", connected, greeting, quit))
	offering := control(with("mx.example.org", "99", connected, greeting, offers, quit))
	near := offering
	near.SameNetwork = true
	asked := func(address string) netip.Addr { return netip.MustParseAddr("203.0.113." + address) }
	const silent, changed, encrypted = "whether it greets", "what it offers", "whether it encrypts"
	for name, test := range map[string]struct {
		sessions []evidence.Session
		of       string // the last number of the address of the control
		want     []string
	}{
		"all is well":      {[]evidence.Session{sound}, "99", nil},
		"a server refuses": {[]evidence.Session{refused}, "99", []string{silent}},
		"a server refuses, and another one greets":  {[]evidence.Session{refused, sound}, "99", []string{silent}},
		"a control greeted":                         {[]evidence.Session{refused, greets}, "98", nil},
		"a control greeted in our own network":      {[]evidence.Session{refused, near}, "98", []string{silent}},
		"it was asked already, in vain":             {[]evidence.Session{refused, control(with("mx.example.org", "99", step(evidence.StepConnect, string(evidence.Refused))))}, "99", nil},
		"the silent server itself":                  {[]evidence.Session{refused}, "7", nil},
		"a server of another target":                {[]evidence.Session{refused}, "9", []string{silent}},
		"a server without STARTTLS":                 {[]evidence.Session{stripped}, "99", []string{changed}},
		"a server that was not asked for STARTTLS":  {[]evidence.Session{unasked}, "99", nil},
		"a blanked greeting":                        {[]evidence.Session{blanked}, "99", []string{changed}},
		"another server of the target has STARTTLS": {[]evidence.Session{stripped, sound}, "99", nil},
		"a control has STARTTLS":                    {[]evidence.Session{stripped, offering}, "98", nil},
		"a control in our own network has it":       {[]evidence.Session{stripped, near}, "98", []string{changed}},
		"a control greeted, and was asked no more":  {[]evidence.Session{stripped, greets}, "99", []string{changed}},
		"a handshake that breaks":                   {[]evidence.Session{broken}, "99", []string{changed, encrypted}},
	} {
		r := read(targets, test.sessions...)
		var got []string
		if c, ok := smtp.ControlFor(r, asked(test.of)); ok {
			if got = append(got, silent); !c.GreetingOnly {
				t.Errorf("%s: a control is asked for more than its greeting", name)
			}
		}
		if c, ok := smtp.RewritingControl(r, asked(test.of)); ok {
			if got = append(got, changed); c.TLS {
				got = append(got, encrypted)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// An address family that is not silent takes no control.
func TestFamiliesOfControls(t *testing.T) {
	r := read([]evidence.Target{domain("a.example", "7")}, with("mx1.example.net", "7", step(evidence.StepConnect, string(evidence.Refused))))
	if len(smtp.Silent(r, reading.IPv4)) != 1 || len(smtp.Silent(r, reading.IPv6)) != 0 {
		t.Errorf("silent over IPv4: %v, over IPv6: %v", smtp.Silent(r, reading.IPv4), smtp.Silent(r, reading.IPv6))
	}
}

// The host of a control domain is its best one that has an address of the family, looked up step by step.
func TestHostOfAControl(t *testing.T) {
	r := read(nil)
	answers := map[string]evidence.Exchange{
		"control.example MX":    {RCode: "NOERROR", Answer: []string{"control.example. 60 IN MX 20 old.control.example.", "control.example. 60 IN MX 10 new.control.example."}},
		"new.control.example A": {RCode: "NOERROR", Authority: []string{"control.example. 60 IN SOA ns.control.example. a.control.example. 1 1 1 1 1"}},
		"old.control.example A": {RCode: "NOERROR", Answer: []string{"old.control.example. 60 IN A 203.0.113.99", "old.control.example. 60 IN A 203.0.113.98"}},
	}
	var order []string
	for range 5 {
		host, address, ask := smtp.ControlHost(r, "control.example", reading.IPv4)
		if len(ask) == 0 {
			if host != "old.control.example" || address.String() != "203.0.113.98" {
				t.Errorf("%s at %v", host, address)
			}
			break
		}
		for _, q := range ask {
			order = append(order, q.Name+" "+q.Type)
			x := answers[q.Name+" "+q.Type]
			x.Role, x.Name, x.Type = evidence.Resolver, q.Name, q.Type
			r.Add(x)
			r.Answer(q)
		}
	}
	if want := []string{"control.example MX", "new.control.example A", "old.control.example A"}; !slices.Equal(order, want) {
		t.Errorf("asked %q, want %q", order, want)
	}
}
