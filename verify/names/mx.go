package names

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"
	"golang.org/x/net/publicsuffix"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/netrange"
	"mxverdict/verify/reading"
)

// names derives what the name servers say of the records of a target's own name. No word of the resolver is in it, but
// for the facts that compare it.
func (d *derivation) names(t *evidence.Target) {
	if t.Kind == "address" {
		d.NoViews(t.Name, facts.Target, d.WhyNoZone(t))
		return
	}
	d.AddView(t.Name, facts.Subject{Kind: facts.Target, Name: t.Name})
	if t.Delegation == nil {
		return // nothing was asked
	}
	d.mailFacts(t)
	d.recordFacts(t)
	d.resolverFacts(t)
}

// about puts facts about a target's name, with the exchange that shows them.
type about struct {
	reading.Writer
	subject facts.Subject
	fact    facts.Fact // what all of them have in common
}

func (d *derivation) about(t *evidence.Target, x evidence.Exchange) about {
	a := about{Writer: d.Writer, subject: facts.Subject{Kind: facts.Target, Name: t.Name}, fact: facts.Fact{At: x.At}}
	for _, i := range d.AskedAbout(x.Name) {
		y := &d.Bundle.Exchanges[i]
		if x.Name == y.Name && x.Type == y.Type && x.Server == y.Server && x.At.Equal(y.At) {
			a.fact.Evidence = fmt.Sprintf("DNS exchange %d", i+1)
			break
		}
	}
	return a
}

func (a about) put(name facts.Name, value facts.Value) {
	f := a.fact
	f.Name, f.Value = name, value
	a.Put(a.subject, f)
}

func (a about) unknown(why facts.Unknown, names ...facts.Name) {
	for _, name := range names {
		f := a.fact
		f.Name, f.Why = name, why
		a.Put(a.subject, f)
	}
}

// either puts that something is so, that it is not, or why that is not known: one known example is enough for a yes, a no
// needs that nothing is open.
func (a about) either(name, list facts.Name, found []string, open *facts.Unknown) {
	switch {
	case len(found) > 0:
		a.put(name, facts.BoolValue(true))
		a.put(list, facts.ListValue(found))
	case open != nil:
		a.unknown(*open, name, list)
	default:
		a.put(name, facts.BoolValue(false))
		a.put(list, facts.ListValue(nil))
	}
}

// mxFacts are all facts about MX records that are unknown where no server told of them.
var mxFacts = []facts.Name{facts.MXMissing, facts.MXNull, facts.MXNullBesideOthers, facts.MXNullPreference, facts.MXHosts, facts.MXCount,
	facts.MXMailWanted, facts.MXHasAlias, facts.MXAliases, facts.MXHasLiteral, facts.MXLiterals, facts.MXLiteralsResolve,
	facts.MXHasUnresolvable, facts.MXUnresolvable, facts.MXHasPrivate, facts.MXPrivate, facts.MXPrivateHere, facts.MXReachable,
	facts.MXSameName, facts.MXSameAddress, facts.MXEqualPreference, facts.MXDiffer, facts.MXDifferBySerial, facts.MXSets}

// mailFacts derives the facts about MX records.
func (d *derivation) mailFacts(t *evidence.Target) {
	name := dnsanswer.HostName(t.Name)
	if !d.Asked(name, "MX") {
		return
	}
	answers := MxAnswers(d.SaidAbout(name), name, d.ReachableServers(t))
	told := slices.DeleteFunc(slices.Clone(answers), func(a mxAnswer) bool { return !a.Usable() })
	put := d.about(t, answers[0].at)
	d.implicit(t, put)
	if len(told) == 0 {
		put.unknown(d.whyNoMX(t, answers), mxFacts...)
		return
	}
	if !d.Direct(t) {
		put.unknown(reading.NotDirect("the name servers of "+t.Zone), mxFacts...)
		return
	}
	put = d.about(t, told[0].at)
	nowhere := func(a mxAnswer) bool { return reading.Nowhere(a.trouble) }
	if !slices.ContainsFunc(told, func(a mxAnswer) bool { return !nowhere(a) }) {
		put.unknown(facts.Unknown{Code: facts.NotFound, Detail: t.Name + " does not exist"}, mxFacts...)
		return
	}
	records := MxRecords(told)
	d.mxSet(put, t, told, records)
	d.mailWanted(put, t, records)
	d.mailHosts(put, t, MxNames(records), notRead(told))
	d.difference(put, t, answers)
}

// notRead is why there may be MX records of which nothing is known: a server has more of them than were read, or nil.
func notRead(told []mxAnswer) *facts.Unknown {
	for _, a := range told {
		if a.more() {
			return &facts.Unknown{Code: facts.Untested, Detail: fmt.Sprintf("a name server gives more MX records than the %d that were read", len(a.records))}
		}
	}
	return nil
}

// partList is a list of names for people. Of more names than were read it ends early, and says so.
func partList(names []string, more bool) facts.Value {
	switch {
	case !more:
		return facts.ListValue(names)
	case len(names) > maxListed:
		return facts.ListValue(append(slices.Clone(names[:maxListed]), fmt.Sprintf("of at least %d", len(names))))
	}
	return facts.ListValue(append(slices.Clone(names), "perhaps others"))
}

const maxListed = 10

func (d *derivation) whyNoMX(t *evidence.Target, answers []mxAnswer) facts.Unknown {
	if t.ZoneError != nil {
		return d.WhyNoZone(t)
	}
	return reading.Unanswered(answers[0].trouble, "the question for the MX records of "+t.Name)
}

// mxSet derives what the MX records are, apart from the hosts that they name.
func (d *derivation) mxSet(put about, t *evidence.Target, told []mxAnswer, records []*dns.MX) {
	empty := slices.ContainsFunc(told, func(a mxAnswer) bool { return len(a.records) == 0 })
	cut := d.CutShort(dnsanswer.HostName(t.Name), "MX")
	switch {
	case cut != nil:
		put.unknown(*cut, facts.MXMissing)
	case empty && len(records) > 0:
		put.unknown(facts.Unknown{Code: facts.Disagreement, Detail: "some name servers give MX records, others say that there are none"}, facts.MXMissing)
	case empty && d.untold(t, dnsanswer.HostName(t.Name), "MX").Code != "":
		put.unknown(d.untold(t, dnsanswer.HostName(t.Name), "MX"), facts.MXMissing)
	default:
		put.put(facts.MXMissing, facts.BoolValue(empty))
	}
	hosts := slices.DeleteFunc(slices.Clone(records), func(mx *dns.MX) bool { return mx.Mx == "." })
	null := len(hosts) < len(records)
	more := notRead(told)
	if null || more == nil {
		put.put(facts.MXNull, facts.BoolValue(null))
	} else {
		put.unknown(*more, facts.MXNull)
	}
	if null {
		put.put(facts.MXNullPreference, facts.IntValue(nullPreference(records)))
	} else {
		put.unknown(facts.Unknown{Code: facts.NotFound, Detail: "there is no null MX"}, facts.MXNullPreference)
	}
	if beside := slices.ContainsFunc(told, nullBesideOthers); beside || more == nil {
		put.put(facts.MXNullBesideOthers, facts.BoolValue(beside))
	} else {
		put.unknown(*more, facts.MXNullBesideOthers)
	}
	names := MxNames(records)
	put.put(facts.MXHosts, partList(names, more != nil))
	sets := map[string]bool{}
	for _, a := range told {
		sets[MxSetText(a)] = true
	}
	if cut != nil && len(sets) == 1 {
		put.unknown(*cut, facts.MXSameName, facts.MXEqualPreference, facts.MXCount)
		return
	}
	if len(sets) > 1 && more == nil { // the records together are nobody's set
		why := facts.Unknown{Code: facts.Disagreement, Detail: "the name servers give different MX records"}
		put.unknown(why, facts.MXSameName, facts.MXEqualPreference)
		if n := fewest(told); n > 1 {
			put.fact.AtLeast = true
			put.put(facts.MXCount, facts.IntValue(int64(n)))
		} else {
			put.unknown(why, facts.MXCount)
		}
		return
	}
	// The servers may each have given another part of theirs.
	first := slices.DeleteFunc(MxRecords(told[:1]), func(mx *dns.MX) bool { return mx.Mx == "." })
	if more != nil {
		hosts, names = first, MxNames(first)
	}
	put.fact.AtLeast = more != nil
	put.put(facts.MXCount, facts.IntValue(int64(len(hosts))))
	put.fact.AtLeast = false
	repeats(put, facts.MXSameName, len(names) < len(hosts), more)
	preferences := map[uint16]bool{}
	for _, mx := range hosts {
		preferences[mx.Preference] = true
	}
	repeats(put, facts.MXEqualPreference, len(preferences) < len(hosts), more)
}

// repeats puts whether something stands twice in MX records. That nothing does is known only where all are.
func repeats(put about, name facts.Name, twice bool, more *facts.Unknown) {
	if !twice && more != nil {
		put.unknown(*more, name)
		return
	}
	put.put(name, facts.BoolValue(twice))
}

// fewest is the number of MX records that name a host at the server that has the fewest.
func fewest(told []mxAnswer) int {
	counts := []int{}
	for _, a := range told {
		hosts := slices.DeleteFunc(MxRecords([]mxAnswer{a}), func(mx *dns.MX) bool { return mx.Mx == "." })
		counts = append(counts, len(hosts))
	}
	return slices.Min(counts)
}

// nullPreference is the highest preference of a null MX: what is not 0 deserves a remark (RFC 7505 section 3).
func nullPreference(records []*dns.MX) (highest int64) {
	for _, mx := range records {
		if mx.Mx == "." {
			highest = max(highest, int64(mx.Preference))
		}
	}
	return highest
}

// nullBesideOthers tells whether one server gives a null MX that is not alone (RFC 7505 section 3).
func nullBesideOthers(a mxAnswer) bool {
	isNull := func(mx *dns.MX) bool { return mx.Mx == "." }
	isHost := func(mx *dns.MX) bool { return mx.Mx != "." }
	return slices.ContainsFunc(a.records, isNull) && slices.ContainsFunc(a.records, isHost)
}

// mailWanted derives whether the name says of itself that it takes no mail: by a null MX, or as a name that sends none does
// by an SPF record that authorises nobody, where it has no MX record either. A name within a domain that says nothing, such as
// that of a web server, may be meant for mail or not.
func (d *derivation) mailWanted(put about, t *evidence.Target, records []*dns.MX) {
	name := dnsanswer.HostName(t.Name)
	if isNull := func(mx *dns.MX) bool { return mx.Mx == "." }; len(records) > 0 {
		put.put(facts.MXMailWanted, facts.BoolValue(!slices.ContainsFunc(records, isNull)))
		return
	}
	texts, trouble := dnsanswer.Resolved(d.SaidAbout(name), name, "TXT")
	if trouble != nil && !dnsanswer.Absent(trouble) {
		put.unknown(reading.Unanswered(trouble, "the question for the TXT records of "+name), facts.MXMailWanted)
		return
	}
	var policies []string
	for _, rr := range texts {
		if txt, ok := rr.(*dns.TXT); ok {
			text := strings.ToLower(strings.Join(txt.Txt, ""))
			if text == "v=spf1" || strings.HasPrefix(text, "v=spf1 ") {
				policies = append(policies, strings.Join(strings.Fields(text), " "))
			}
		}
	}
	if registered, _ := publicsuffix.EffectiveTLDPlusOne(name); len(policies) == 0 && name != t.Zone && name != registered {
		put.unknown(facts.Unknown{Code: facts.Ambiguous, Detail: name + " is a name within a domain, and neither an MX nor an SPF record says whether it is to take mail"}, facts.MXMailWanted)
		return
	}
	put.put(facts.MXMailWanted, facts.BoolValue(!slices.Equal(policies, []string{"v=spf1 -all"})))
}

// mailHost is what the name servers of a mail host's own zone say of it.
type mailHost struct {
	name      string
	Alias     bool // by the word of every server that told
	aliasOpen *facts.Unknown
	Addresses []netip.Addr
	Open      *facts.Unknown // why there may be more addresses, or why it is disputed that there is any
	disputed  *facts.Unknown // servers give different addresses
}

// mailHost weighs what the servers said that were asked about a host. One that lags behind the others decides nothing.
func (d *derivation) MailHost(name string, looked bool) mailHost {
	h := mailHost{name: name}
	if !looked {
		why := facts.Unknown{Code: facts.Untested, Detail: "more mail hosts than are looked up: " + name}
		h.Open, h.aliasOpen = &why, &why
		return h
	}
	disagree := func(what string) *facts.Unknown {
		return &facts.Unknown{Code: facts.Disagreement, Detail: "the name servers of " + name + " contradict each other on " + what}
	}
	aliases, plain := 0, 0
	for _, rrtype := range []string{"A", "AAAA"} {
		what := "the question for the " + rrtype + " records of " + name
		var sets []string
		have, lack := 0, 0
		for _, exchanges := range d.witnesses(name, rrtype) {
			records, trouble := dnsanswer.Resolved(exchanges, name, rrtype)
			if trouble != nil && trouble.Kind == evidence.TooLong {
				records = dnsanswer.Seen(exchanges, name, rrtype)
				have += min(len(records), 1)
			}
			switch {
			case trouble == nil:
				have++
			case dnsanswer.Absent(trouble):
				lack++
			case h.Open == nil:
				why := reading.Unanswered(trouble, what)
				h.Open = &why
			}
			if trouble == nil {
				sets = append(sets, strings.Join(contents(records), " "))
			}
			h.Addresses = append(h.Addresses, dnsanswer.AddressesIn(records)...)
			switch alias, trouble := dnsanswer.Alias(exchanges, name, rrtype); {
			case alias != "":
				aliases++
			case len(records) > 0:
				plain++
			case trouble != nil && h.aliasOpen == nil:
				why := reading.Unanswered(trouble, what)
				h.aliasOpen = &why
			}
		}
		if have > 0 && lack > 0 {
			h.Open = disagree("whether it has an address")
		}
		if slices.Sort(sets); len(slices.Compact(sets)) > 1 {
			h.disputed = disagree("its addresses")
		}
	}
	if why := d.CutShort(name, "A", "AAAA"); why != nil {
		h.Open, h.aliasOpen = cmp.Or(h.Open, why), cmp.Or(h.aliasOpen, why)
	}
	if h.Alias = aliases > 0 && plain == 0; aliases > 0 && plain > 0 {
		h.aliasOpen = disagree("whether it is an alias")
	}
	slices.SortFunc(h.Addresses, netip.Addr.Compare)
	h.Addresses = slices.Compact(h.Addresses)
	return h
}

// witnesses splits the exchanges by the servers that answered a question usably; without one, all of them are one's.
func (d *derivation) witnesses(name, rrtype string) (all [][]evidence.Exchange) {
	seen := map[string]bool{}
	exchanges, _ := d.Exchanges(evidence.Authoritative, "", name, rrtype)
	for _, x := range exchanges {
		at := dnsanswer.AddressOf(x.Server)
		if seen[at] {
			continue
		}
		seen[at] = true
		one := reading.ExchangesOf(d.SaidAbout(name), evidence.Server{Address: at}, name, rrtype)
		if _, trouble := dnsanswer.Alias(one, name, rrtype); trouble == nil {
			all = append(all, one)
		}
	}
	if len(all) == 0 {
		all = append(all, d.SaidAbout(name))
	}
	return all
}

// undecided are the reasons for which it may still come out that servers contradict each other.
var undecided = []facts.Code{facts.Disagreement, facts.Interrupted, facts.Untested}

// mailHosts derives the facts about the hosts that MX records name. There may be more of them that were not read.
func (d *derivation) mailHosts(put about, t *evidence.Target, names []string, unread *facts.Unknown) {
	var aliases, unresolvable, private, literals []string
	var literalOpen *facts.Unknown
	aliasOpen, open, privateOpen := unread, unread, unread
	reachable, reachableOpen, literalsResolve := 0, unread != nil, true
	owner := map[netip.Addr]string{}
	shared := false
	for i, name := range names {
		h := d.MailHost(name, i < MaxMailHosts)
		if h.Alias {
			aliases = append(aliases, name)
		} else {
			aliasOpen = cmp.Or(aliasOpen, h.aliasOpen)
		}
		switch {
		case h.Open != nil && (len(h.Addresses) == 0 || slices.Contains(undecided, h.Open.Code)):
			open = cmp.Or(open, h.Open)
		case len(h.Addresses) > 0:
		default:
			unresolvable = append(unresolvable, name)
		}
		public := false
		for _, a := range h.Addresses {
			switch {
			case !netrange.Private(a):
				public = true
			case h.disputed != nil:
				privateOpen = cmp.Or(privateOpen, h.disputed)
			default:
				private = append(private, name+" ["+a.String()+"]")
			}
			shared = shared || owner[a] != "" && owner[a] != name
			owner[a] = name
		}
		privateOpen = cmp.Or(privateOpen, h.Open)
		if public {
			reachable++
		}
		reachableOpen = reachableOpen || !public && h.Open != nil
		if ReadsAsAddress(name, t.Zone) {
			literals = append(literals, name)
			literalsResolve = literalsResolve && len(h.Addresses) > 0
			if len(h.Addresses) == 0 {
				literalOpen = cmp.Or(literalOpen, h.Open)
			}
		}
	}
	put.either(facts.MXHasAlias, facts.MXAliases, aliases, aliasOpen)
	put.either(facts.MXHasUnresolvable, facts.MXUnresolvable, unresolvable, open)
	put.either(facts.MXHasPrivate, facts.MXPrivate, private, privateOpen)
	put.either(facts.MXHasLiteral, facts.MXLiterals, literals, unread)
	if literalOpen != nil {
		put.unknown(*literalOpen, facts.MXLiteralsResolve)
	} else {
		put.put(facts.MXLiteralsResolve, facts.BoolValue(literalsResolve))
	}
	if !shared && privateOpen != nil {
		put.unknown(*privateOpen, facts.MXSameAddress)
	} else {
		put.put(facts.MXSameAddress, facts.BoolValue(shared))
	}
	put.fact.AtLeast = reachableOpen
	put.put(facts.MXReachable, facts.IntValue(int64(reachable)))
	put.fact.AtLeast = false
	d.privateHere(put, names[:min(len(names), MaxMailHosts)])
}

// readsAsAddress tells whether a name was meant as an IP address. In a zone file without a final dot the name of the zone
// is added to it.
func ReadsAsAddress(name, zone string) bool {
	for _, text := range []string{name, strings.TrimSuffix(name, "."+zone)} {
		if _, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
			return true
		}
	}
	return false
}

// privateHere derives whether the resolver leads to a private address where the world is led to public ones.
func (d *derivation) privateHere(put about, names []string) {
	known := true
	for _, name := range names {
		truth := d.MailHost(name, true)
		answers, _ := d.Exchanges(evidence.Resolver, "", name, "A")
		here := dnsanswer.AddressTexts(dnsanswer.Records(dnsanswer.Last(answers), "A"))
		if len(here) == 0 || truth.Open != nil || len(truth.Addresses) == 0 {
			known = false
			continue
		}
		isPrivate := func(s string) bool { a, err := netip.ParseAddr(s); return err == nil && netrange.Private(a) }
		if slices.ContainsFunc(here, isPrivate) && !slices.ContainsFunc(truth.Addresses, netrange.Private) {
			put.put(facts.MXPrivateHere, facts.BoolValue(true))
			return
		}
	}
	if !known {
		put.unknown(facts.Unknown{Code: facts.ServFail, Detail: "the resolver and the name servers gave no addresses to compare"}, facts.MXPrivateHere)
		return
	}
	put.put(facts.MXPrivateHere, facts.BoolValue(false))
}

// difference compares the MX records of the servers. Differing data are differing data; that all agree is known only
// where all answered.
func (d *derivation) difference(put about, t *evidence.Target, answers []mxAnswer) {
	sets, serials := map[string]bool{}, map[string]bool{}
	var given []string
	var open *facts.Unknown
	for _, a := range answers {
		if a.more() {
			open = notRead([]mxAnswer{a})
			given = append(given, fmt.Sprintf("%s [%s] gives at least %d", a.server.Name, a.server.Address, len(a.records)))
			continue
		}
		if !a.Usable() {
			if why := reading.Unanswered(a.trouble, "the question for the MX records at "+a.server.Name+" ["+a.server.Address+"]"); open == nil {
				open = &why
			}
			continue
		}
		set := MxSetText(a)
		sets[set] = true
		given = append(given, a.server.Name+" ["+a.server.Address+"] gives "+cmp.Or(set, "none"))
		serials[d.serial(t, a.server)] = true
	}
	put.put(facts.MXSets, facts.ListValue(given))
	twice := mxNotTwice(d.Bundle.Exchanges, dnsanswer.HostName(t.Name), answers)
	switch {
	case len(sets) > 1 && twice != nil:
		put.unknown(*twice, facts.MXDiffer, facts.MXDifferBySerial)
	case len(sets) > 1:
		put.put(facts.MXDiffer, facts.BoolValue(true))
		put.put(facts.MXDifferBySerial, facts.BoolValue(len(serials) > 1 && !serials[""]))
	case open != nil:
		put.unknown(*open, facts.MXDiffer, facts.MXDifferBySerial)
	default:
		put.put(facts.MXDiffer, facts.BoolValue(false))
		put.put(facts.MXDifferBySerial, facts.BoolValue(false))
	}
}

// mxSetText writes the MX records of one server so that equal sets are equal texts.
func MxSetText(a mxAnswer) string {
	var texts []string
	for _, mx := range MxRecords([]mxAnswer{a}) {
		texts = append(texts, MxText(mx))
	}
	return strings.Join(texts, " and ")
}

// serial is the version of the zone at a server, "" if it is not known.
func (d *derivation) serial(t *evidence.Target, server evidence.Server) string {
	exchanges, _ := d.Exchanges(evidence.Authoritative, server.Address, t.Zone, "SOA")
	for _, rr := range dnsanswer.Records(dnsanswer.Last(exchanges), "SOA") {
		if soa, ok := rr.(*dns.SOA); ok && dnsanswer.Last(exchanges).AA {
			return fmt.Sprint(soa.Serial)
		}
	}
	return ""
}

// implicit derives where mail goes without MX records, and whether a server greets there. What was visited was found
// through the resolver, so that it counts only where the name servers give the same addresses.
func (d *derivation) implicit(t *evidence.Target, put about) {
	truth := d.MailHost(dnsanswer.HostName(t.Name), true)
	names := []facts.Name{facts.MXImplicitAddresses, facts.MXImplicitGreets}
	if truth.Open != nil {
		put.unknown(*truth.Open, names...)
		return
	}
	var addresses []string
	for _, a := range truth.Addresses {
		addresses = append(addresses, a.String())
	}
	slices.Sort(addresses)
	put.put(facts.MXImplicitAddresses, facts.ListValue(addresses))
	if len(addresses) == 0 {
		put.put(facts.MXImplicitGreets, facts.BoolValue(false))
		return
	}
	why := facts.Unknown{Code: facts.Untested, Detail: "no SMTP session was held with the address of " + t.Name + " itself"}
	i := slices.IndexFunc(t.Hosts, func(h evidence.Host) bool { return dnsanswer.HostName(h.Name) == dnsanswer.HostName(t.Name) })
	places, greeting := d.Places(t).Places, d.Greeting(t)
	switch {
	case i < 0 || len(places) == 0:
	case !slices.Equal(t.Hosts[i].Addresses, slices.Compact(addresses)):
		why = facts.Unknown{Code: facts.Disagreement, Detail: "the resolver led to other addresses than the name servers give"}
	case greeting.Known() && greeting.Value.Int() > 0:
		put.put(facts.MXImplicitGreets, facts.BoolValue(true))
		return
	case greeting.Known() && !greeting.AtLeast:
		put.put(facts.MXImplicitGreets, facts.BoolValue(false))
		return
	default:
		for _, p := range places {
			if f := d.Greeted(p.Subject); !f.Known() {
				why = f.Why
			}
		}
	}
	put.unknown(why, facts.MXImplicitGreets)
}
