package names

// This file tells of records that are there and that nobody sees whose resolver checks signatures (DNSSEC, RFC 4035 section 5.5): for them,
// and most large mail providers are among them, the claim that there is no such record is true.

import (
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// hiddenMX tells of the MX records themselves. Where there are none, none can be hidden.
func (d *derivation) hiddenMX(name string, some bool) known {
	if !some {
		why := facts.Unknown{Code: facts.NotFound, Detail: name + " has no MX record"}
		return known{facts.MXHidden: facts.No(), facts.MXHiddenBy: facts.Because(why)}
	}
	return known{facts.MXHidden: d.Hidden(name, "MX"), facts.MXHiddenBy: d.HiddenBy(name, "MX")}
}

// hiddenHosts tells of the addresses of mail hosts. Hosts beyond those that are looked up are open.
func (d *derivation) hiddenHosts(hosts []mailHost, unread facts.Unknown) known {
	hidden, visible := examples{open: unread}, facts.Is(facts.IntValue(0))
	visible.AtLeast = unread.Code != ""
	for _, h := range hosts {
		k := d.hiddenHost(h.name)
		switch {
		case k.IsYes():
			hidden.note(true, h.name+" ("+d.hostHiddenBy(h.name).Value.String()+")", facts.Unknown{})
		case !k.Known():
			hidden.note(false, "", k.Why)
			visible.AtLeast = true
		case h.public():
			visible.Value = facts.IntValue(visible.Value.Int() + 1)
		default:
			visible.AtLeast = visible.AtLeast || h.open.Code != ""
		}
	}
	found := known{facts.MXVisible: visible}
	found[facts.MXHasHidden], found[facts.MXHiddenHosts] = facts.Found(hidden.names, hidden.open)
	return found
}

// hiddenHost tells whether all addresses of a host are hidden. One family that is seen leads a sender there.
func (d *derivation) hiddenHost(host string) facts.Known {
	all, some := facts.Yes(), false
	for _, rrtype := range addressTypes {
		if len(d.Word(host, rrtype).Records) > 0 {
			all, some = facts.All(all, d.Hidden(host, rrtype)), true
		}
	}
	if !some {
		return facts.No()
	}
	return all
}

// hostHiddenBy is what is wrong with the signatures of the addresses of a host that is hidden.
func (d *derivation) hostHiddenBy(host string) (by facts.Known) {
	for _, rrtype := range addressTypes {
		if len(d.Word(host, rrtype).Records) > 0 || by.Why.Code == "" {
			if by = d.HiddenBy(host, rrtype); by.Known() {
				return by
			}
		}
	}
	return by
}

// hiddenRecords tells which of the types that a name has are hidden.
func (d *derivation) hiddenRecords(name string, found []string) known {
	var hidden []string
	var open facts.Unknown
	by := facts.Because(facts.Unknown{Code: facts.NotFound, Detail: "no signatures of " + name + " are broken"})
	for _, rrtype := range found {
		switch k := d.Hidden(name, rrtype); {
		case k.IsYes():
			hidden, by = append(hidden, rrtype), d.HiddenBy(name, rrtype)
		case !k.Known():
			open = k.Why
		}
	}
	return known{facts.DNSRecordsHidden: facts.Is(facts.ListValue(hidden)).Unless(open), facts.DNSRecordsHiddenBy: by}
}

// toSignedHost asks for the addresses of a host, and for what it takes to validate them.
func toSignedHost(r *reading.Reading, host string) []reading.Question {
	list := r.ToBoth(host, addressTypes...)
	if r.Done(list...) {
		list = append(list, toProveHost(r, host)...)
	}
	return list
}

// toProveHost asks for what it takes to validate the addresses that a host has.
func toProveHost(r *reading.Reading, host string) (list []reading.Question) {
	for _, rrtype := range addressTypes {
		if len(r.Word(host, rrtype).Records) > 0 {
			list = append(list, r.ToProve(host, rrtype)...)
		}
	}
	return list
}

// typesFound are the types of record that a name has by the word of some server.
func typesFound(r *reading.Reading, name string) (types []string) {
	for _, rrtype := range recordTypes {
		if len(r.OfServers(name, rrtype).Records) > 0 {
			types = append(types, rrtype)
		}
	}
	return types
}
