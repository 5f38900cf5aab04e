package dnsanswer

import (
	"slices"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"mxverdict/verify/evidence"
)

// Last is the exchange that answered, or an empty one. What came before it was lost, truncated or asked without EDNS, and is no
// answer of its own.
func Last(xs []evidence.Exchange) evidence.Exchange {
	if len(xs) == 0 {
		return evidence.Exchange{}
	}
	return xs[len(xs)-1]
}

// MXHosts lists the hosts of MX records by preference, each once. A null MX (RFC 7505) names no host.
func (r *Reader) MXHosts(xs []evidence.Exchange) []evidence.Host {
	return HostsOf(r.Records(Last(xs), "MX"))
}

// HostsOf is MXHosts of records, wherever they are from.
func HostsOf(records []dns.RR) []evidence.Host {
	hosts := []evidence.Host{}
	for _, rr := range records {
		if mx, ok := rr.(*dns.MX); ok && !NullMX(mx) {
			hosts = append(hosts, evidence.Host{Name: HostName(mx.Mx), Preference: int(mx.Preference), Addresses: []string{}})
		}
	}
	// The lower number is preferred (RFC 5321 section 5.1). Senders draw lots among equals; here they stand by name, so that no
	// result hangs on the order in which a server wrote them.
	slices.SortStableFunc(hosts, func(a, b evidence.Host) int {
		if a.Preference != b.Preference {
			return a.Preference - b.Preference
		}
		return strings.Compare(a.Name, b.Name)
	})
	// A host that stands several times is one host, and senders meet it first where it is most preferred.
	seen := map[string]bool{}
	return slices.DeleteFunc(hosts, func(h evidence.Host) bool {
		again := seen[h.Name]
		seen[h.Name] = true
		return again
	})
}

// NullMX tells whether an MX record says that there is no mail host (RFC 7505 section 3). It is told by the root as its host; the
// preference is another matter.
func NullMX(mx *dns.MX) bool { return mx.Mx == "." }

// Leading leaves out records that lead nowhere: a null MX is there to say just that.
func Leading(records []dns.RR) []dns.RR {
	return slices.DeleteFunc(slices.Clone(records), func(rr dns.RR) bool {
		mx, ok := rr.(*dns.MX)
		return ok && NullMX(mx)
	})
}

// PTRNames lists the names in PTR records, each once. Sorted, because the DNS gives records no order (RFC 1034 section 3.6), and
// servers turn them round.
func PTRNames(rrs []dns.RR) []string {
	var names []string
	for _, rr := range rrs {
		if ptr, ok := rr.(*dns.PTR); ok {
			names = append(names, HostName(ptr.Ptr))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// NSNames lists the names in NS records. They stay as they come, repetitions among them.
func NSNames(records []dns.RR) []string {
	var names []string
	for _, rr := range records {
		if ns, ok := rr.(*dns.NS); ok {
			names = append(names, HostName(ns.Ns))
		}
	}
	return names
}

// Texts lists TXT records, the strings of each joined (RFC 8461 section 3.1), as they are on the wire. No blank goes between them: RFC
// 7208 section 3.3 has the same rule for SPF.
func Texts(records []dns.RR) []string {
	var all []string
	for _, rr := range records {
		if txt, ok := rr.(*dns.TXT); ok {
			all = append(all, strings.Join(Strings(txt), ""))
		}
	}
	return all
}

// maxShown is how many bytes of a text are shown. The number is our own.
const maxShown = 400

// Shown writes a text for people: what cannot be seen as its code, and not too much of it.
func Shown(text string) string {
	cut := ""
	if len(text) > maxShown {
		text, cut = text[:maxShown], "..."
	}
	quoted := strconv.QuoteToASCII(text)
	// Quotation marks in a record are rare, and stay readable.
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`) + cut
}

// Strings are the strings of a TXT record as they are on the wire.
func Strings(txt *dns.TXT) []string {
	var all []string
	for _, s := range txt.Txt {
		all = append(all, octets(s))
	}
	return all
}

// octets undoes the escapes of presentation format (RFC 1035 section 5.1), in which the library keeps the strings of a record.
func octets(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '\\' && i+1 < len(text) {
			i++
			c = text[i]
			if n, err := strconv.ParseUint(text[i:min(i+3, len(text))], 10, 8); err == nil && i+3 <= len(text) {
				c = byte(n)
				i += 2
			}
		}
		b.WriteByte(c)
	}
	return b.String()
}

// Silent tells whether a failure is what a client meets where no server answers, be it dead or shut off. Refused is among them:
// with UDP it is an ICMP message, which a firewall on this side may have sent.
func Silent(kind evidence.FailureKind) bool {
	kinds := []evidence.FailureKind{evidence.Timeout, evidence.Refused, evidence.Reset, evidence.EOF, evidence.Unreachable}
	return slices.Contains(kinds, kind)
}

// ClosedUp tells whether the server let no connection come about, or ended it without a word. A transfer of which some records came
// is no refusal.
func ClosedUp(x evidence.Exchange) bool {
	return x.Failure != nil && x.Transferred == 0 && (x.Failure.Kind == evidence.Refused || x.Failure.Kind == evidence.EOF)
}
