package zone

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/net/publicsuffix"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// version is the copy of a zone at one name server address.
type version struct {
	Server evidence.Server
	soa    *dns.SOA
	At     time.Time
	n      int // number of the exchange in the evidence
}

func (v version) String() string {
	return fmt.Sprintf("%s: %d", labelOf(v.Server), v.soa.Serial)
}

// look is what the servers of a zone answered in one round. All servers are asked side by side, because a comparison of different moments
// would find changes and take them for differences.
type look struct {
	versions []version
	unheard  facts.Unknown // why a name server was not heard at any of its addresses; zero if each was
}

// lookAt gathers the SOA records of a round. A server that answers at one of its addresses is heard: that the tester may
// have no route to another one says nothing about the zone.
func lookAt(r *reading.Reading, t *evidence.Target, round int) look {
	var l look
	heard, unheard := map[string]bool{}, map[string]facts.Unknown{}
	// By address and not by name: each address may be a machine with a copy of its own.
	for _, server := range t.Servers {
		exchanges, n := r.Round(evidence.Authoritative, server.Address, t.Zone, "SOA", round)
		label := labelOf(server)
		records, why := r.AuthoritativeSOA(exchanges, t.Zone, label)
		switch {
		case len(records) == 1:
			heard[server.Name] = true
			l.versions = append(l.versions, version{server, records[0], dnsanswer.Last(exchanges).At, n})
		// A zone has one SOA record (RFC 2181 section 6.1): of several none is the version.
		case len(records) > 1:
			unheard[server.Name] = facts.Unknown{Code: facts.Disagreement, Detail: label + " gave several SOA records"}
		default:
			unheard[server.Name] = why
		}
	}
	for _, server := range t.Servers {
		if why, silent := unheard[server.Name]; silent && !heard[server.Name] && l.unheard.Code == "" {
			l.unheard = why
		}
	}
	return l
}

// differ tells whether two of the versions have different serials.
func (l look) differ() bool {
	return slices.ContainsFunc(l.versions, func(v version) bool { return v.soa.Serial != l.versions[0].soa.Serial })
}

// byAddress finds the version of a server.
func (l look) byAddress() map[string]version {
	at := map[string]version{}
	// Backward, so that of two names at one address the first one counts.
	for _, v := range slices.Backward(l.versions) {
		at[v.Server.Address] = v
	}
	return at
}

// answering lists those that answered.
func (l look) answering() (servers []evidence.Server) {
	for _, v := range l.versions {
		servers = append(servers, v.Server)
	}
	return servers
}

// olderThan lists the servers whose version has become older than it was at an earlier look.
func (l look) olderThan(before look) (servers []evidence.Server) {
	now := l.byAddress()
	for _, v := range before.versions {
		if again, ok := now[v.Server.Address]; ok && older(again, v) {
			servers = append(servers, v.Server)
		}
	}
	return servers
}

// texts lists the versions for people: "ns1.example.com [192.0.2.53]: 2024010101".
func (l look) texts() []string {
	texts := []string{}
	for _, v := range l.versions {
		texts = append(texts, v.String())
	}
	return texts
}

// providers counts the DNS providers behind the versions that count serials by themselves. Each names a primary of its own; where all
// servers name the same one, they are copies of it, whoever runs them. It is a guess by names, and only ever excuses a difference.
func (l look) providers() int {
	operators, primaries := map[string]bool{}, map[string]bool{}
	for _, v := range l.versions {
		// Their own names tell more than the primary's: a hidden primary may be called as it likes.
		operators[providerOf(v.Server.Name)] = true
		primaries[dnsanswer.HostName(v.soa.Ns)] = true
	}
	if len(primaries) < 2 {
		return min(1, len(operators))
	}
	return len(operators)
}

// providerOf names who runs a name server: the label below the public suffix, without numbers at its end. Large providers
// spread one zone over several suffixes and numbered domains.
func providerOf(name string) string {
	domain, err := publicsuffix.EffectiveTLDPlusOne(name)
	if err != nil {
		return name
	}
	// Such as provider-01.org and provider-02.net, or one brand under two top-level domains.
	label, _, _ := strings.Cut(domain, ".")
	// A label that is all digits would leave nothing: then the whole domain names the provider.
	if trimmed := strings.TrimRight(label, "0123456789-"); trimmed != "" {
		return trimmed
	}
	return domain
}

// older tells whether version a is known to be older than b. Of two serials without an order (RFC 1982 section 3.2) neither is.
func older(a, b version) bool {
	// Serials are compared modulo 2^32, so that a wrap is no step backwards.
	order, defined := serialOrder(a.soa.Serial, b.soa.Serial)
	return defined && order < 0
}
