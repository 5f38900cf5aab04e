package reading

// This file reads the texts (TXT records) at a name, as the policies and keys of a domain stand there. They are read at the name servers
// that hold them, and aliases are followed: many domains leave such a record to a service.

import (
	"slices"
	"strings"
	"time"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// ToTexts asks the resolver and each server of the zone that holds a name for its texts, the servers of the zone to which it leads as an
// alias, and for what it takes to validate the texts.
func (r *Reading) ToTexts(name string) []Question {
	list := slices.Concat(ToResolver(name, "TXT"), ToZone(name, "TXT"), r.ToWitnesses(name, "TXT"))
	if !r.Done(list...) {
		return list
	}
	if end := r.EndOf(name, "TXT"); end != dnsanswer.Bare(name) {
		list = append(list, r.ToWitnesses(end, "TXT")...)
	}
	// Whoever checks signatures sees what there is only where they hold.
	if len(r.OfServers(name, "TXT").Records) > 0 {
		list = append(list, r.ToProve(name, "TXT")...)
	}
	return list
}

// Texts is what stands at a name.
type Texts struct {
	All      []string      // each with its strings joined
	Alias    string        // to which the name leads, or ""
	Why      facts.Unknown // why that is not known
	At       time.Time
	Evidence string

	name string
}

// TextsAt are the texts at a name. All servers that were asked have to agree on those that matter: which of them is behind cannot be seen
// from outside. matter writes those of some texts that do, equal ones alike; they are called so, in the plural, where servers differ.
func (r *Reading) TextsAt(name, called string, matter func(texts []string) []string) Texts {
	w := r.OfServers(name, "TXT")
	t := Texts{Why: w.Why, At: w.At, Evidence: w.Evidence, name: dnsanswer.Bare(name)}
	if !w.Known() {
		return t
	}
	if end := r.EndOf(name, "TXT"); end != t.name {
		t.Alias = end
	}
	for _, asked := range t.names() {
		// Who was cut short by our own end might have said something else.
		if t.Why = r.CutShort(asked, "TXT"); t.Why.Code == "" {
			t.Why = r.differ(asked, called, matter)
		}
		if t.Why.Code != "" {
			return t
		}
	}
	t.All = dnsanswer.Texts(w.Records)
	return t
}

// names are the name, and the one to which it leads if there is one.
func (t Texts) names() []string {
	if t.Alias == "" {
		return []string{t.name}
	}
	return []string{t.name, t.Alias}
}

// Known dates what was derived from the texts.
func (t Texts) Known(k facts.Known) facts.Known { return k.Seen(t.At, t.Evidence) }

// UntoldTexts is why some server may have a text that others deny, or the zero value. One server that gives a text is enough for what
// exists, so that this is asked where there is none. untold tells it of one name; Untold is the strictest.
func (r *Reading) UntoldTexts(t Texts, untold func(servers []evidence.Server, name, rrtype string) facts.Unknown) facts.Unknown {
	for _, name := range t.names() {
		if why := untold(r.AskedForTexts(name), name, "TXT"); why.Code != "" {
			return why
		}
	}
	return facts.Unknown{}
}

// AskedForTexts are the servers that were asked for the texts of a name, an entry for each address to which this machine has a route. A
// server above the zone that only said whom to ask is none of them.
func (r *Reading) AskedForTexts(name string) (servers []evidence.Server) {
	for _, i := range r.AskedFor(name, "TXT") {
		x := &r.Bundle.Exchanges[i]
		s := evidence.Server{Name: x.ServerName, Address: dnsanswer.AddressOf(x.Server)}
		if x.Role == evidence.Authoritative && !refers(*x) && !slices.Contains(servers, s) && !r.Routeless(s.Address) {
			servers = append(servers, s)
		}
	}
	return servers
}

// differ is how servers contradict each other about the texts at a name, or the zero value.
func (r *Reading) differ(name, called string, matter func([]string) []string) facts.Unknown {
	said, by := "", ""
	for _, s := range r.AskedForTexts(name) {
		_, end := r.SaidBy(s.Address, name, "TXT")
		if end.Failure != nil && !dnsanswer.Absent(end.Failure) {
			continue
		}
		texts := matter(dnsanswer.Texts(end.Records))
		slices.Sort(texts)
		now, label := strings.Join(texts, "\n"), s.Name+" ["+s.Address+"] gives "+shownTexts(texts)
		switch {
		case by == "":
			said, by = now, label
		case said != now:
			return facts.Unknown{Code: facts.Disagreement, Detail: "the name servers give different " + called + ": " + by + ", " + label}
		}
	}
	return facts.Unknown{}
}

// shownTexts writes texts for people who compare them.
func shownTexts(texts []string) string {
	if len(texts) == 0 {
		return "none"
	}
	var list []string
	for _, text := range texts[:min(len(texts), 2)] {
		list = append(list, dnsanswer.Shown(text))
	}
	return strings.Join(list, " and ")
}
