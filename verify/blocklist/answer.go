package blocklist

// This file reads what one server of a list says of one name. It is the place at which a refusal, a wildcard or a hijacked domain must not
// be taken for a listing (RFC 5782 section 2.3).

import (
	"cmp"
	"fmt"
	"math/bits"
	"net/netip"
	"slices"
	"strings"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// reply is what a server says of an entry: that it is there, that it is not, or nothing that could be believed.
type reply struct {
	listed bool
	codes  []netip.Addr  // of an entry
	why    facts.Unknown // set where neither follows
}

func (r reply) known() bool { return r.why.Code == "" }

var (
	loopback = netip.MustParsePrefix("127.0.0.0/8")
	// refusals are the answers with which lists refuse a question (used by Spamhaus since 2019, and by others after it).
	refusals = netip.MustParsePrefix("127.255.255.0/24")
	// noEntry must never be listed, so that it is no entry (RFC 5782 section 5): some lists refuse with it, some praise with it.
	noEntry = netip.MustParseAddr("127.0.0.1")
)

// read reads the answer to a question for A records. What names what was asked for: "its test entry".
func (l *List) read(said dnsanswer.Said, what string) reply {
	switch {
	case said.Alias != "":
		// Whoever points a whole domain elsewhere does it so; lists do not.
		return reply{why: facts.Unknown{Code: facts.Ambiguous, Detail: what + " is an alias of " + said.Alias + ", which is no entry of a list"}}
	case dnsanswer.Absent(said.Failure):
		return reply{}
	case said.Failure != nil:
		why := reading.Unanswered(said.Failure, "the question for "+what)
		if said.Failure.Detail != "" && why.Code == facts.ServFail {
			why.Detail += " (" + said.Failure.Detail + ")"
		}
		return reply{why: why}
	}
	return l.readCodes(dnsanswer.AddressesIn(said.Records), what)
}

// readCodes reads return codes.
func (l *List) readCodes(all []netip.Addr, what string) reply {
	var codes []netip.Addr
	for _, code := range all {
		scope, means := l.code(code)
		switch {
		case !loopback.Contains(code):
			return reply{why: facts.Unknown{Code: facts.Ambiguous, Detail: fmt.Sprintf(
				"the answer for %s is %v, which is no entry of a list: somebody else may have its domain now, or something on the way answers", what, code)}}
		// One refusal spoils the answer: what else stands in it is not about the entry.
		case refusals.Contains(code), scope == codeError:
			return reply{why: facts.Unknown{Code: facts.Refused, Detail: fmt.Sprintf("the list refuses the question for %s with %v%s", what, code, l.refusal(code))}}
		case scope == codeNone:
		case means == "" && l.praises():
			return reply{why: facts.Unknown{Code: facts.Ambiguous, Detail: fmt.Sprintf("the answer for %s is %v, whose meaning is not known; the list holds good senders too", what, code)}}
		case code == noEntry:
			return reply{why: facts.Unknown{Code: facts.Ambiguous, Detail: "the answer for " + what + " is 127.0.0.1, which is no listing by RFC 5782 section 5"}}
		default:
			codes = append(codes, code)
		}
	}
	slices.SortFunc(codes, netip.Addr.Compare)
	return reply{listed: len(codes) > 0, codes: slices.Compact(codes)}
}

// refusal says what a refusal means, as an aside.
func (l *List) refusal(code netip.Addr) string {
	if _, means := l.code(code); means != "" {
		return " (" + means + ")"
	}
	return ""
}

// code is whom a return code blames, and what it means; "" for a meaning that is not known. A code of bits is an error if one of its bits
// is, else blames whom the narrowest of them does.
func (l *List) code(code netip.Addr) (scope, means string) {
	scope = l.Scope
	var parts []string
	var scopes []string
	for _, c := range l.Codes {
		if c.Code == code || l.bit(c.Code) && loopback.Contains(code) && c.Code.As4()[3]&code.As4()[3] != 0 {
			parts = append(parts, c.Means)
			scopes = append(scopes, cmp.Or(c.Scope, l.Scope))
		}
	}
	switch {
	case slices.Contains(scopes, codeError):
		scope = codeError
	case len(scopes) > 0:
		scope = narrowest(scopes)
	}
	return scope, strings.Join(parts, "; ")
}

// bit tells whether a code of the table is one of those of which answers are sums.
func (l *List) bit(code netip.Addr) bool { return l.Bits && bits.OnesCount8(code.As4()[3]) == 1 }

// praises tells whether some answers of the list speak for a sender.
func (l *List) praises() bool {
	return slices.ContainsFunc(l.Codes, func(c Code) bool { return c.Scope == codeNone })
}

// breadth orders scopes, the narrowest first: an entry for the address itself asks most of its owner.
var breadth = []string{facts.ScopeAddress, facts.ScopeRange, facts.ScopeNetwork, facts.ScopePolicy, codeNone}

// narrowest is the narrowest of some scopes.
func narrowest(scopes []string) string {
	return slices.MinFunc(scopes, func(a, b string) int { return slices.Index(breadth, a) - slices.Index(breadth, b) })
}

// scope is whom an entry with these codes blames.
func (l *List) scope(codes []netip.Addr) string {
	var scopes []string
	for _, code := range codes {
		s, _ := l.code(code)
		scopes = append(scopes, s)
	}
	return narrowest(scopes)
}

// meanings tells what codes mean, each with its number.
func (l *List) meanings(codes []netip.Addr) (texts []string) {
	for _, code := range codes {
		_, means := l.code(code)
		texts = append(texts, code.String()+": "+cmp.Or(means, "its meaning is not known"))
	}
	return texts
}
