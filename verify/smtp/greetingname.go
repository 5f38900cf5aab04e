package smtp

import (
	"net/netip"
	"regexp"
	"strings"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
	"mxverdict/verify/transcript"
)

// GreetingTypes are the records of which one makes a name resolvable by the measure of RFC 5321 section 2.3.5.
var GreetingTypes = []string{"A", "AAAA", "MX"}

// standsIn tells whether a text holds a host name as a whole, letter case ignored (RFC 5321 section 2.4): "x.example.com" does not
// stand in "mx.example.com", nor in "x.example.com.example.net". Brackets and punctuation beside it, the final dot among
// them, are no part of a name.
func StandsIn(name, text string) bool {
	name, text = strings.ToLower(dnsanswer.Plain(strings.TrimSuffix(name, "."))), strings.ToLower(text)
	if name == "" {
		return false
	}
	for from := 0; ; {
		i := strings.Index(text[from:], name)
		if i < 0 {
			return false
		}
		before, after := text[:from+i], text[from+i+len(name):]
		if !goesOn(reversed(before)) && !goesOn(after) {
			return true
		}
		from += i + 1
	}
}

// goesOn tells whether a name goes on with the first bytes of a text: with a character of a label, or with a dot and one.
func goesOn(text string) bool {
	text = strings.TrimPrefix(text, ".")
	return text != "" && inLabel(text[0])
}

// inLabel tells whether a byte may stand in a label, also in one of those that no host should have: with an underscore, or in a
// script that is not written in ASCII.
func inLabel(c byte) bool {
	return c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 0x80
}

// reversed is the end of a text, backwards, as far as goesOn looks.
func reversed(text string) string {
	var b []byte
	for i := len(text) - 1; i >= 0 && len(b) < 2; i-- {
		b = append(b, text[i])
	}
	return string(b)
}

// greetingName derives the name that the server gives in its greeting: the first word behind the code (RFC 5321 section 4.2).
func (d *derivation) greetingName(s reading.Session, put func(facts.Fact)) {
	names := []facts.Name{facts.SMTPGreetingName, facts.SMTPGreetingNameValid, facts.SMTPGreetingMasked, facts.SMTPGreetingNameResolves}
	if !transcript.Greeted(*s.Session) {
		for _, name := range names {
			put(facts.Fact{Name: name, Why: d.NotReached(s)})
		}
		return
	}
	e := s.Event(evidence.StepGreeting)
	known := func(name facts.Name, value facts.Value) {
		f := s.Fact(name, e)
		f.Value = value
		put(f)
	}
	name := transcript.GreetedName(e.Reply)
	known(facts.SMTPGreetingName, facts.TextValue(name))
	known(facts.SMTPGreetingNameValid, facts.BoolValue(dnsanswer.ValidHostname(name) || AddressLiteral(name)))
	known(facts.SMTPGreetingMasked, facts.BoolValue(transcript.Masked(name)))
	switch {
	case AddressLiteral(name):
		known(facts.SMTPGreetingNameResolves, facts.BoolValue(true))
	case !dnsanswer.ValidHostname(name):
		put(facts.Fact{Name: facts.SMTPGreetingNameResolves, Why: facts.Unknown{Code: facts.Untested,
			Detail: "what stands first in the greeting is no full host name, so it was not looked up"}})
	default:
		put(d.greetingResolves(name))
	}
}

// greetingResolves tells whether the name in a greeting leads anywhere. The name servers were asked only where the resolver did not lead
// anywhere public.
func (d *derivation) greetingResolves(name string) facts.Fact {
	return reading.LeadsAnywhere(GreetingTypes, func(rrtype string) reading.Word { return d.Word(name, rrtype) }).As(facts.SMTPGreetingNameResolves)
}

var ipv6Tag = regexp.MustCompile(`(?i)^ipv6:`)

// addressLiteral tells whether a text is an address literal (RFC 5321 section 4.1.3): [192.0.2.1] or [IPv6:2001:db8::1].
func AddressLiteral(text string) bool {
	inner, ok := strings.CutPrefix(text, "[")
	if !ok || !strings.HasSuffix(inner, "]") {
		return false
	}
	inner = strings.TrimSuffix(inner, "]")
	tagged := ipv6Tag.MatchString(inner)
	addr, err := netip.ParseAddr(ipv6Tag.ReplaceAllString(inner, ""))
	return err == nil && addr.Zone() == "" && addr.Is6() == tagged
}
