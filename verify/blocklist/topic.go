// Package blocklist derives whether an address or a name stands on DNS block lists (RFC 5782), whom an entry blames, and what kind of list
// it is. It says what to ask for that.
//
// A list is believed only after it gave its own test entries rightly. A refusal, an answer outside of 127.0.0.0/8, a list that holds
// everything or nothing, and silence are never taken for an entry, nor for the lack of one. What lists there are stands in lists.yaml; who
// is harmed by an entry is judged elsewhere. The package asks nothing, and keeps the keys of lists out of everything that is kept.
package blocklist

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// derivation is one derivation of the facts of the topic.
type derivation struct{ *reading.Reading }

// known is what is known of a listing.
type known = map[facts.Name]facts.Known

// Derive derives what lists say of a target.
func Derive(r *reading.Reading, t *evidence.Target, w reading.Writer) {
	d := &derivation{r}
	itself := entry{subject: facts.Subject{Kind: facts.Listing, Name: t.Name}}
	var left []string
	for _, l := range wantedBy(t) {
		if l.List == nil {
			w.AddView(t.Name, itself.on(l.called))
			why := facts.Unknown{Code: facts.Untested, Detail: "the block list " + l.called + " is not known to this program"}
			w.PutAll(itself.on(l.called), unheard(why, facts.BlockListClosed, facts.BlockListUse, facts.BlockListHolds))
			continue
		}
		if l.any && !d.approached(l.List) {
			left = append(left, l.called)
			continue
		}
		entries, why := d.entriesOf(t, l.Holds)
		if len(entries) == 0 && !l.any {
			itself.why = why
			w.AddView(t.Name, itself.on(l.called))
			w.PutAll(itself.on(l.called), d.listing(l.List, itself))
		}
		for _, e := range entries {
			if l.fits(e) {
				w.AddView(t.Name, e.on(l.called))
			}
		}
	}
	if len(left) > 0 {
		w.AddView(t.Name, itself.on(leftOut))
		w.PutAll(itself.on(leftOut), unheard(d.whyLeft(left), facts.BlockListClosed))
	}
	for _, holds := range []string{facts.HoldsAddresses, facts.HoldsNames} {
		entries, why := d.entriesOf(t, holds)
		if len(t.Lists) > 0 && len(entries) == 0 && holds == facts.HoldsAddresses {
			w.NoViews(t.Name, facts.Listing, why)
		}
		for _, e := range entries {
			d.put(t, holds, e, w)
		}
	}
}

// put puts down what is known of an entry on all lists on which some target wants it looked for, with the first target that leads to it:
// several may, and what holds for all of them is said once.
func (d *derivation) put(t *evidence.Target, holds string, e entry, w reading.Writer) {
	if e.targets[0] != t {
		return
	}
	for _, l := range wantedBy(e.targets...) {
		if l.List != nil && l.Holds == holds && (!l.any || d.approached(l.List)) {
			w.PutAll(e.on(l.called), d.listing(l.List, e))
		}
	}
}

// asked are all facts about what a list says now.
var asked = []facts.Name{facts.BlockListed, facts.BlockListCodes, facts.BlockListMeans, facts.BlockListScope, facts.BlockListText, facts.BlockListWorld}

// leftOut is called what stands for all lists that a row may mean which names none, and that were not asked.
const leftOut = "lists that were not asked"

// approached tells whether a list was looked for at all.
func (d *derivation) approached(l *List) bool {
	return slices.ContainsFunc(l.zones(), func(zone string) bool {
		// A zone whose servers a walk to another one has met is not asked for by itself.
		return d.Asked(publicZone(zone), "NS") || slices.ContainsFunc(l.allTests(), func(t tests) bool { return d.Asked(t.there+"."+zone, "A") })
	})
}

// whyLeft is why lists were not asked. They are told together: for each of them a remark would hide those about the lists that were.
func (d *derivation) whyLeft(names []string) facts.Unknown {
	if d.Bundle.Interrupted || d.Bundle.Expired {
		return d.NotAsked("some lists")
	}
	const shown = 8
	list := strings.Join(names[:min(len(names), shown)], ", ")
	if more := len(names) - shown; more > 0 {
		list += " and " + strconv.Itoa(more) + " more"
	}
	return facts.Unknown{Code: facts.Untested, Detail: "the row names no list, and some cannot be asked from here, because their place is not known or their terms ask for a key (" + list + ")"}
}

// unheard is what is known of a list that was not asked, for a reason: of what it says, and of some more.
func unheard(why facts.Unknown, more ...facts.Name) known {
	all := known{}
	for _, name := range slices.Concat(asked, more) {
		all[name] = facts.Because(why)
	}
	return all
}

// listing is what is known of an entry, and of the list.
func (d *derivation) listing(l *List, e entry) known {
	all := l.described()
	why := e.why
	if l.Closed != "" {
		why = facts.Unknown{Code: facts.Untested, Detail: l.Name + " was closed (" + l.Closed + ") and was not asked"}
	}
	zone := d.askedZone(l, e)
	if why.Code == "" && zone == "" {
		why = d.whyNotAsked(l)
	}
	if why.Code != "" {
		maps.Copy(all, unheard(why))
		if l.Closed != "" {
			all[facts.BlockListWorld] = facts.No()
		}
		return all
	}
	d.said(l, zone, e, all)
	return all
}

// said adds what the servers of a list say.
func (d *derivation) said(l *List, zone string, e entry, all known) {
	t := l.tests(e)
	servers := d.askedServers(t.there + "." + zone)
	var heards []heard
	for _, s := range servers {
		heards = append(heards, d.hear(l, s, zone, t, e))
	}
	word := l.weigh(t, heards, d.allServers(zone, heards), d.whyNotAll(l, heards))
	at, place := d.seen(e.name+"."+zone, servers[word.server])
	seen := func(k facts.Known) facts.Known { return k.Seen(at, place) }
	all[facts.BlockListQuery] = facts.Is(facts.TextValue(e.name + "." + zone))
	all[facts.BlockListServer] = facts.Is(facts.TextValue(servers[word.server].Address))
	all[facts.BlockListWorld] = seen(word.everything)
	all[facts.BlockListed] = seen(facts.Truth(word.listed).Unless(word.why))
	none := facts.Because(cmp.Or(word.why, facts.Unknown{Code: facts.NotFound, Detail: "there is no entry"}))
	for _, name := range []facts.Name{facts.BlockListCodes, facts.BlockListMeans, facts.BlockListScope, facts.BlockListText} {
		all[name] = seen(none)
	}
	if !word.listed || !word.known() {
		return
	}
	all[facts.BlockListCodes] = seen(facts.Is(facts.ListValue(texts(word.codes))))
	all[facts.BlockListMeans] = seen(facts.Is(facts.ListValue(l.meanings(word.codes))))
	all[facts.BlockListScope] = seen(facts.Is(facts.TextValue(l.scope(word.codes))))
	if _, said := d.SaidBy(servers[word.server].Address, e.name+"."+zone, "TXT"); len(said.Records) > 0 {
		all[facts.BlockListText] = seen(facts.Is(facts.TextValue(clip(strings.Join(dnsanswer.Texts(said.Records), " / ")))))
	} else {
		all[facts.BlockListText] = seen(facts.Because(facts.Unknown{Code: facts.NotFound, Detail: "the list says nothing of the entry"}))
	}
}

// hear reads what a server says.
func (d *derivation) hear(l *List, s evidence.Server, zone string, t tests, e entry) heard {
	answer := func(name, what string) reply {
		if !d.Asked(name+"."+zone, "A") {
			return reply{why: facts.Unknown{Code: facts.Untested, Detail: what + " was not asked for: a list is asked for the first " + strconv.Itoa(maxEntries) + " addresses of a name"}}
		}
		first, _ := d.SaidBy(s.Address, name+"."+zone, "A")
		return l.read(first, what)
	}
	tested := func(t tests) heard {
		return heard{reading.ServerName(s.Name), s.Name + " [" + s.Address + "]", answer(t.there, "the test entry "+t.thereText), answer(t.notThere, "the test entry "+t.notThereText), answer(e.name, "the entry")}
	}
	h := tested(t)
	if !l.mayLackIPv6(e) || !h.there.known() || h.there.listed {
		return h
	}
	// A list that holds IPv6 addresses has to hold the test entry of that family (RFC 5782 section 5): one that works, and has none, holds
	// none of these addresses.
	if h.inQuestion.listed {
		h.inQuestion = reply{why: facts.Unknown{Code: facts.Ambiguous, Detail: "the list holds the entry, and not its own test entry " + t.thereText + " (RFC 5782 section 5)"}}
	}
	inQuestion := h.inQuestion
	h = tested(testsOfIPv4)
	h.inQuestion = inQuestion
	return h
}

// mayLackIPv6 tells whether an entry is of IPv6 and the list is not known to hold any such.
func (l *List) mayLackIPv6(e entry) bool { return e.addr.Is6() && !l.IPv6 }

// askedZone is the name below which a list was asked, with a key or without; "" if it was not.
func (d *derivation) askedZone(l *List, e entry) string {
	for _, zone := range l.zones() {
		if !tooLong(e.name, zone) && d.Asked(l.tests(e).there+"."+zone, "A") {
			return zone
		}
	}
	return ""
}

// whyNotAsked is why a list was not asked.
func (d *derivation) whyNotAsked(l *List) facts.Unknown {
	untested := func(detail string) facts.Unknown { return facts.Unknown{Code: facts.Untested, Detail: detail} }
	for _, zone := range l.zones() {
		// Who serves the list was asked, and gave nobody who could be.
		switch _, said := d.SaidBy("", publicZone(zone), "NS"); {
		case !d.Asked(publicZone(zone), "NS"):
		case said.Failure != nil && said.Failure.Kind == evidence.NXDomain:
			return facts.Unknown{Code: facts.NotFound, Detail: "the zone of the list, " + publicZone(zone) + ", does not exist: the list has gone, or moved"}
		case said.Failure != nil && !dnsanswer.Absent(said.Failure):
			return reading.Unanswered(said.Failure, "the search for the servers of the list")
		}
	}
	switch {
	case d.Bundle.Interrupted || d.Bundle.Expired:
		return d.NotAsked("the list " + l.Name)
	case l.Key != nil && l.Key.Kind == KeyLabel && !l.Key.Optional:
		return untested("the terms of " + l.Name + " ask for a key, which is looked for in the environment variable " + l.Key.Variable)
	case l.Key != nil && l.Key.Kind == KeyPromise:
		return untested("the terms of " + l.Name + " ask that this machine is registered with it first; if it is, say so with " + l.Key.Variable + "=registered in the environment")
	case l.Zone == "":
		return untested("where " + l.Name + " can be asked is not known to this program")
	}
	return d.NotAsked("the list " + l.Name)
}

// askedServers are the servers of a list that were asked, in the order of the evidence.
func (d *derivation) askedServers(name string) (servers []evidence.Server) {
	for _, i := range d.AskedFor(name, "A") {
		x := &d.Bundle.Exchanges[i]
		s := evidence.Server{Name: x.ServerName, Address: dnsanswer.AddressOf(x.Server)}
		if x.Role == evidence.Authoritative && !slices.ContainsFunc(servers, func(o evidence.Server) bool { return o.Address == s.Address }) {
			servers = append(servers, s)
		}
	}
	return servers
}

// allServers are the names of the servers of a list: those to which the zones above it refer, and those that were asked.
func (d *derivation) allServers(zone string, heards []heard) []string {
	all := append(d.ReferredTo(publicZone(zone)), namesOfServers(heards)...)
	slices.Sort(all)
	return slices.Compact(all)
}

// whyNotAll is why only some servers of a list told of an entry, although those that were asked all did.
func (d *derivation) whyNotAll(l *List, heards []heard) facts.Unknown {
	if d.Bundle.Interrupted || d.Bundle.Expired {
		return d.NotAsked("every server of " + l.Name)
	}
	return facts.Unknown{Code: facts.ServFail, Detail: "only " + strings.Join(namesOfServers(heards), ", ") +
		" says that there is no entry, and no other server of the list could be reached from here; copies of a list differ for as long as it changes"}
}

// seen is when and where in the evidence a server was asked for a name.
func (d *derivation) seen(name string, s evidence.Server) (time.Time, string) {
	for _, i := range d.AskedFor(name, "A") {
		if dnsanswer.At(&d.Bundle.Exchanges[i], s.Address) {
			return d.SeenIn(i)
		}
	}
	return d.SeenIn(-1)
}

// described is what the table says of a list.
func (l *List) described() known {
	told := func(text, what string) facts.Known {
		if text == "" {
			return facts.Because(facts.Unknown{Code: facts.NotFound, Detail: what})
		}
		return facts.Is(facts.TextValue(text))
	}
	return known{
		facts.BlockListClosed:  facts.Truth(l.Closed != ""),
		facts.BlockListEnd:     told(l.Closed, "the list is not known to be closed"),
		facts.BlockListHolds:   facts.Is(facts.TextValue(l.Holds)),
		facts.BlockListAbout:   told(l.About, "nobody is known to say what the list is about"),
		facts.BlockListUse:     facts.Is(facts.TextValue(l.Use)),
		facts.BlockListUsedBy:  told(l.UsedBy, "nobody of weight is known to use it"),
		facts.BlockListPage:    told(l.Page, "its page is not known"),
		facts.BlockListPaid:    facts.Truth(l.Paid),
		facts.BlockListRemoval: told(l.Removal, "how entries are removed is not known"),
	}
}

// maxText bounds what is shown of the words of a list, in bytes.
const maxText = 300

func clip(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= maxText {
		return text
	}
	end := maxText
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// texts writes return codes.
func texts(codes []netip.Addr) (all []string) {
	for _, c := range codes {
		all = append(all, c.String())
	}
	return all
}

// tooLong tells whether a name would be longer than one may be (RFC 1035 section 2.3.4).
func tooLong(name, zone string) bool { return len(name)+1+len(zone) > 253 }

// publicZone is the zone of a list without a key.
func publicZone(zone string) string { return strings.TrimPrefix(zone, Placeholder+".") }

// isIPv6 tells whether an address is one of IPv6.
func isIPv6(address string) bool {
	addr, err := netip.ParseAddr(address)
	return err == nil && addr.Is6() && !addr.Is4In6()
}
