package names

// This file tells what is known of the hosts that MX records name, by the word of the servers of their own zones. A resolver, asked once,
// would show one version of each; here all versions are looked at, because senders meet all of them.

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/netrange"
	"mxverdict/verify/reading"
)

// addressTypes are the types of record in which addresses stand.
var addressTypes = []string{"A", "AAAA"}

// mailHost is what the name servers of a mail host's own zone say of it. What speaks against it is told from what is merely open.
type mailHost struct {
	name      string
	alias     bool // by the word of every server that told
	aliasOpen facts.Unknown
	addresses []netip.Addr
	open      facts.Unknown // why there may be more addresses, or why it is disputed that there is any
	disputed  facts.Unknown // servers give different addresses
}

// readMailHost weighs what the servers said that were asked about a host. One that lags behind the others decides nothing.
func readMailHost(r *reading.Reading, name string) mailHost {
	h := mailHost{name: name}
	aliases, plain := 0, 0
	for _, rrtype := range addressTypes {
		what := "the question for the " + rrtype + " records of " + name
		var sets []string
		have, lack := 0, 0
		// Each server is heard by itself: two versions of a zone side by side are no fault within one of them, and only what all
		// say is the word of the zone.
		for _, said := range witnessesOf(r, name, rrtype) {
			records, trouble := said.end.Records, said.end.Failure
			switch {
			// A server that has records of one version gives its set, one that knows of none says so, and any other answer leaves
			// it open.
			case trouble == nil:
				have++
				sets = append(sets, strings.Join(contents(records), " "))
			case dnsanswer.Absent(trouble):
				lack++
			default:
				h.open = cmp.Or(h.open, reading.Unanswered(trouble, what))
			}
			if trouble != nil && trouble.Kind == evidence.TooLong { // those that were kept are there, whatever else is
				records = said.end.Seen
				have += min(len(records), 1)
			}
			h.addresses = append(h.addresses, dnsanswer.AddressesIn(records)...)
			// What counts for an alias is the answer about the name itself, with or without the records of its target beside it.
			switch trouble := said.first.Failure; {
			case said.first.Alias != "":
				aliases++
			// Records without an alias show a plain name; that there is nothing shows neither.
			case len(records) > 0:
				plain++
			case trouble != nil && !dnsanswer.Absent(trouble):
				h.aliasOpen = cmp.Or(h.aliasOpen, reading.Unanswered(trouble, what))
			}
		}
		// Whether mail arrives then depends on which server a sender happens to ask.
		if have > 0 && lack > 0 {
			h.open = disagree(name, "whether it has an address")
		}
		if slices.Sort(sets); len(slices.Compact(sets)) > 1 {
			// Not open: each server does know addresses, and which of them a private one stands among is what is disputed.
			h.disputed = disagree(name, "its addresses")
		}
	}
	// What our own end kept from being asked may be what would have contradicted.
	cut := r.CutShort(name, addressTypes...)
	h.open, h.aliasOpen = cmp.Or(h.open, cut), cmp.Or(h.aliasOpen, cut)
	if h.alias = aliases > 0 && plain == 0; aliases > 0 && plain > 0 {
		h.aliasOpen = disagree(name, "whether it is an alias")
	}
	slices.SortFunc(h.addresses, netip.Addr.Compare)
	h.addresses = slices.Compact(h.addresses)
	return h
}

// notLookedUp is a mail host about which nobody was asked, because there are too many. It may be anything: with one of them no list of
// faulty hosts is whole.
func notLookedUp(name string) mailHost {
	why := facts.Unknown{Code: facts.Untested, Detail: "more mail hosts than are looked up: " + name}
	return mailHost{name: name, open: why, aliasOpen: why}
}

// disagree is why something is not known on which the servers of a name contradict each other.
func disagree(name, what string) facts.Unknown {
	return facts.Unknown{Code: facts.Disagreement, Detail: "the name servers of " + name + " contradict each other on " + what}
}

// witness is what one server says of a name: of the name itself, and at the end of its aliases.
type witness struct{ first, end dnsanswer.Said }

// witnessesOf are the servers that answered a question usably; without one, all of them together are one. Each counts once, by the first
// usable thing that it said.
func witnessesOf(r *reading.Reading, name, rrtype string) (all []witness) {
	seen := map[string]bool{}
	// Later rounds are left out: they ask whether a server contradicts itself, which is another matter.
	for _, i := range r.AskedFor(name, rrtype) {
		x := &r.Bundle.Exchanges[i]
		at := dnsanswer.AddressOf(x.Server)
		if x.Role != evidence.Authoritative || x.Round != 0 || seen[at] {
			continue
		}
		seen[at] = true
		var w witness
		w.first, w.end = r.SaidBy(at, name, rrtype)
		// Of too many records those that were kept are a word too: that there are some.
		if f := w.first.Failure; f == nil || dnsanswer.Absent(f) || f.Kind == evidence.TooLong && len(w.end.Seen) > 0 {
			all = append(all, w)
		}
	}
	if len(all) == 0 {
		first, end := r.SaidBy("", name, rrtype)
		all = append(all, witness{first, end})
	}
	return all
}

// examples are names that show something, and why there may be others that do.
type examples struct {
	names []string
	open  facts.Unknown
}

// note takes a name for an example, or else leaves open, for a reason if there is one, whether it is.
func (e *examples) note(is bool, name string, open facts.Unknown) {
	if is {
		e.names = append(e.names, name)
	} else {
		e.open = cmp.Or(e.open, open)
	}
}

// undecided are the reasons for which it may still come out that servers contradict each other. Silence and SERVFAIL are not among
// them: a sender meets them as well, and goes on to another server.
var undecided = []facts.Code{facts.Disagreement, facts.Interrupted, facts.Untested}

// hostFacts derives the facts about the hosts that MX records name. There may be more of them that were not read. None may be an alias
// (RFC 2181 section 10.3, RFC 5321 section 5.1), and each has to be a name that leads to an address (RFC 1035 section 3.3.9); at a
// private one (RFC 1918) nobody outside gets through.
func (d *derivation) hostFacts(t *evidence.Target, names []string, unread facts.Unknown) known {
	aliases, unresolvable, private, literals := examples{open: unread}, examples{open: unread}, examples{open: unread}, examples{open: unread}
	reachable := facts.Is(facts.IntValue(0))
	reachable.AtLeast = unread.Code != ""
	// An address where a name belongs is taken for a name, which mostly leads nowhere; some zones do have such names.
	var literalOpen facts.Unknown
	literalsResolve, shared := true, false
	owner := map[netip.Addr]string{}
	var hosts []mailHost
	for i, name := range names {
		h := notLookedUp(name)
		if i < maxMailHosts {
			h = readMailHost(d.Reading, name)
			hosts = append(hosts, h)
		}
		// The reason for which one host is open keeps a no from being said of all, and never a yes.
		aliases.note(h.alias, name, h.aliasOpen)
		unresolvable.note(h.nowhere(), name, h.doubt())
		h.notePrivate(&private)
		if h.public() {
			reachable.Value = facts.IntValue(reachable.Value.Int() + 1)
		} else {
			reachable.AtLeast = reachable.AtLeast || h.open.Code != ""
		}
		if readsAsAddress(name, t.Zone) {
			literals.note(true, name, facts.Unknown{})
			if len(h.addresses) == 0 {
				literalsResolve, literalOpen = false, cmp.Or(literalOpen, h.open)
			}
		}
		// Two names for one machine are no second server: they fail together.
		for _, a := range h.addresses {
			shared = shared || owner[a] != "" && owner[a] != name
			owner[a] = name
		}
	}
	found := known{
		facts.MXLiteralsResolve: facts.Truth(literalsResolve).Unless(literalOpen),
		facts.MXSameAddress:     facts.Shown(shared, private.open),
		facts.MXReachable:       reachable,
		facts.MXPrivateHere:     d.privateHere(hosts),
	}
	more := unread
	if len(names) > len(hosts) {
		more = notLookedUp(names[len(hosts)]).open
	}
	found = together(found, d.hiddenHosts(hosts, more))
	found[facts.MXHasAlias], found[facts.MXAliases] = facts.Found(aliases.names, aliases.open)
	found[facts.MXHasUnresolvable], found[facts.MXUnresolvable] = facts.Found(unresolvable.names, unresolvable.open)
	found[facts.MXHasPrivate], found[facts.MXPrivate] = facts.Found(private.names, private.open)
	found[facts.MXHasLiteral], found[facts.MXLiterals] = facts.Found(literals.names, literals.open)
	return found
}

// nowhere tells whether a host is known to have no address.
func (h mailHost) nowhere() bool { return len(h.addresses) == 0 && h.open.Code == "" }

// doubt is why a host may have no address, or the zero value. A host that has an address by some server's word is not without one
// because another one stayed silent.
func (h mailHost) doubt() facts.Unknown {
	if len(h.addresses) == 0 || slices.Contains(undecided, h.open.Code) {
		return h.open
	}
	return facts.Unknown{}
}

// public tells whether a host has a public address. One is enough: senders try the others too (RFC 5321 section 5.1).
func (h mailHost) public() bool {
	return slices.ContainsFunc(h.addresses, func(a netip.Addr) bool { return !netrange.Private(a) })
}

// notePrivate notes the private addresses of a host. What only some servers give shows nothing.
func (h mailHost) notePrivate(private *examples) {
	for _, a := range h.addresses {
		if netrange.Private(a) {
			private.note(h.disputed.Code == "", h.name+" ["+a.String()+"]", h.disputed)
		}
	}
	private.note(false, "", h.open)
}

// readsAsAddress tells whether a name was meant as an IP address. In a zone file without a final dot the name of the zone
// is added to it (RFC 1035 section 5.1).
func readsAsAddress(name, zone string) bool {
	// Brackets are taken off, since address literals are written with them in mail (RFC 5321 section 4.1.3), and so in zones by
	// mistake.
	for _, text := range []string{name, strings.TrimSuffix(name, "."+zone)} {
		if _, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
			return true
		}
	}
	return false
}

// privateHere tells whether the resolver leads to a private address where the world is led to public ones. Then what was tested from here
// is another server than the one that senders meet. A no takes that all hosts were compared.
func (d *derivation) privateHere(hosts []mailHost) facts.Known {
	compared := true
	for _, h := range hosts {
		here := dnsanswer.AddressesIn(d.WordOfResolver(h.name, "A").Records)
		if len(here) == 0 || h.open.Code != "" || len(h.addresses) == 0 {
			compared = false
		} else if slices.ContainsFunc(here, netrange.Private) && !slices.ContainsFunc(h.addresses, netrange.Private) {
			return facts.Yes()
		}
	}
	if !compared {
		return facts.Because(facts.Unknown{Code: facts.ServFail, Detail: "the resolver and the name servers gave no addresses to compare"})
	}
	return facts.No()
}

// doubtfulMailHost lists the names at which a mail host seems to be at fault: it is an alias, has no address, or a private one. It is
// asked for before one blames it: those are the names of which further servers are worth asking.
func doubtfulMailHost(r *reading.Reading, host string) (doubtful []string) {
	h := readMailHost(r, host)
	if h.alias {
		doubtful = append(doubtful, host)
	}
	if h.nowhere() || slices.ContainsFunc(h.addresses, netrange.Private) {
		doubtful = append(doubtful, r.EndOf(host, "A"))
	}
	return doubtful
}
